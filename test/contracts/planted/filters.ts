import {
  tf,
  type Filter,
  type Group,
  type GroupFilter,
  type Response,
  type ResponseFilter,
  type TokenFilterInputs,
} from '@dapo/core';
import { defectsOf } from './planted.js';

const filter = defectsOf('filter');

const isLong = ({ tokens: ids }: Response): boolean => ids.length > 4;
const byGroup = (judge: GroupFilter['judge']): Filter => ({ level: 'group', judge });
const byResponse = (judge: ResponseFilter['judge']): Filter => ({ level: 'response', judge });
const byToken = (select: (inputs: TokenFilterInputs) => tf.Tensor): Filter => ({
  level: 'token',
  countsFiltered: true,
  select,
});
const dropLong = ({ responses }: Group) =>
  responses.map((response) =>
    isLong(response) ? ({ verdict: 'drop', reason: 'long' } as const) : ({ verdict: 'keep' } as const),
  );
const unlikely = ({ oldLogProbs, mask }: TokenFilterInputs): tf.Tensor =>
  tf.mul(tf.cast(tf.less(oldLogProbs, -1), 'float32'), mask);

export const plantedFilters = [
  filter(
    'has a level',
    "its level is missing: write level: 'group', 'response' or 'token'",
    () => ({ judge: dropLong }) as unknown as Filter,
  ),
  filter(
    'has a level',
    'it does not say whether tokens that it puts out count in the normaliser',
    () => ({ level: 'token', select: unlikely }) as unknown as Filter,
  ),
  filter('judges each of what it is shown', 'it gives 3 judgements for 4 responses', () =>
    byResponse(async (group) => dropLong(group).slice(1)),
  ),
  filter('judges each of what it is shown', 'it gives the shape [5, 1] for a mask of [5, 4]', () =>
    byToken(({ mask }) => tf.max(mask, 1, true)),
  ),
  filter('gives verdicts with reasons', 'it gives «drop» without a reason: nothing disappears silently', () =>
    byGroup(async (groups) => groups.map(({ responses }) => ({ verdict: responses.length > 2 ? 'keep' : 'drop' }))),
  ),
  filter('gives verdicts with reasons', 'it gives the verdict "mask": at its level there are keep, drop', () =>
    byGroup(async (groups) => groups.map(() => ({ verdict: 'mask' as 'drop', reason: 'x' }))),
  ),
  filter('gives verdicts with reasons', 'it selects with 0.5: 1 keeps a token and 0 puts it out', () =>
    byToken((inputs) => tf.mul(tf.add(unlikely(inputs), 1), 0.5)),
  ),
  filter('follows the order of what it is shown', 'responses in another order are judged otherwise', () =>
    byResponse(async ({ responses }) =>
      responses.map((_, i) => (i === 0 ? { verdict: 'mask', reason: 'the first' } : { verdict: 'keep' })),
    ),
  ),
  filter('judges alike in any company', 'a group is judged otherwise when it comes alone', () =>
    byGroup(async (groups) =>
      groups.map(({ responses }) =>
        responses.length < Math.max(...groups.map((group) => group.responses.length))
          ? { verdict: 'drop', reason: 'small' }
          : { verdict: 'keep' },
      ),
    ),
  ),
  filter('judges alike in any company', 'a group is judged otherwise after other groups', () => {
    let longest = 0;
    return byResponse(async ({ responses }) => {
      longest = Math.max(longest, ...responses.map(({ tokens: ids }) => ids.length));
      return responses.map(({ tokens: ids }) =>
        ids.length < longest - 2 ? { verdict: 'mask', reason: 'short' } : { verdict: 'keep' },
      );
    });
  }),
  filter('bears nothing, and responses without a token', 'it threw: Reduce of empty array', () =>
    byGroup(async (groups) => {
      const longest = groups.map(({ responses }) => responses.length).reduce((a, b) => Math.max(a, b));
      return groups.map(() => (longest < 0 ? { verdict: 'drop', reason: 'none' } : { verdict: 'keep' }));
    }),
  ),
  filter('only judges', 'it changes what it judges: 0.responses.3.verdict is "drop" instead of "keep"', () =>
    byResponse(async (group) => {
      for (const response of group.responses) if (response.finish === 'length') response.verdict = 'drop';
      return group.responses.map(() => ({ verdict: 'keep' }));
    }),
  ),
  filter('only judges', 'numbers outside the mask change a selection', () =>
    byToken(({ oldLogProbs, mask }) =>
      tf.mul(tf.cast(tf.lessEqual(oldLogProbs, tf.min(oldLogProbs, 1, true)), 'float32'), mask),
    ),
  ),
];
