import type { AdvantageEstimator } from '../../contracts/index.js';
import { tf } from '../../tensors/tf.js';
import {
  advantageBatch,
  advantageInputsOf,
  batchOfRewards,
  firstRows,
  paddedGroups,
  reorderGroups,
  type AdvantageBatch,
} from './advantage-batch.js';
import { allFinite, difference, shapeText, show } from './compare.js';
import { findFirst, type ContractSuite, type Finding } from './contract-check.js';
import type { Subject } from './subject.js';
import { readRows, type Rows } from './token-batch.js';

const TOLERANCE = 1e-5;

interface Estimated {
  readonly shape: readonly number[];
  /** Advantage of each token inside the mask, 0 elsewhere [responses][tokens]. */
  readonly perToken: Rows;
  /** What it gave for each response: its own number, or those of its tokens. */
  readonly raw: Rows;
}

type Estimator = Subject<'advantage'>;

async function estimate(
  estimator: AdvantageEstimator,
  batch: AdvantageBatch,
  needs: ReadonlySet<string>,
): Promise<Estimated> {
  const shapes: { groups?: readonly number[] } = {};
  const result = tf.tidy(() => {
    const inputs = advantageInputsOf(batch, needs);
    shapes.groups = inputs.rewards.shape;
    return estimator.estimate(inputs);
  });
  const { shape } = result;
  const rows = shape.length === 2 ? await readRows(result) : [];
  result.dispose();
  const raw = shapeText(shape) === shapeText(shapes.groups!) ? byResponse(rows, batch) : rows;
  const perToken = batch.mask.map((row, r) =>
    row.map((counts, t) => (counts === 1 ? (raw[r]?.[raw[r].length === 1 ? 0 : t] ?? NaN) : 0)),
  );
  return { shape, perToken, raw };
}

/** [groups][places] → one number for each response. */
function byResponse(rows: Rows, { rewards }: AdvantageBatch): Rows {
  return rewards.flatMap((group, g) => group.map((_, i) => [rows[g]![i]!]));
}

export const advantageContract: ContractSuite<'advantage'> = {
  methods: ['estimate'],
  use: (instance, { needs }, turn) =>
    estimate(
      instance,
      advantageBatch([
        [1, -turn, 0.25],
        [0.5, 1],
      ]),
      needs,
    ),
  checks: [
    {
      name: 'gives one number for each response or token',
      find: (subject) => findWrongShape(subject),
      decides: true,
    },
    {
      name: 'bears groups of one and responses without a token',
      find: (subject) => findBrokenByEmptiness(subject),
    },
    { name: 'gives exactly 0 to equal rewards', find: (subject) => findRoundedZero(subject) },
    { name: 'prefers the better response', find: (subject) => findWrongDirection(subject) },
    { name: 'follows the order of groups and responses', find: (subject) => findBrokenOrder(subject) },
    { name: 'is the same with more padding', find: (subject) => findBrokenPadding(subject) },
    { name: 'leaves what it is handed alone', find: (subject) => findDisposedInput(subject) },
  ],
};

async function findWrongShape(subject: Estimator): Promise<Finding> {
  const batch = advantageBatch();
  const { shape } = await estimate(await subject.create(), batch, subject.needs);
  const expected = [shapeText([batch.rewards.length, 3]), shapeText([batch.mask.length, batch.mask[0]!.length])];
  if (expected.includes(shapeText(shape))) return undefined;
  return (
    `it gives the shape ${shapeText(shape)}; an advantage for each response is ${expected[0]} ` +
    `(groups, places), one for each token ${expected[1]}`
  );
}

async function findBrokenByEmptiness(subject: Estimator): Promise<Finding> {
  const instance = await subject.create();
  const empty = advantageBatch();
  const cases: Readonly<Record<string, AdvantageBatch>> = {
    'a group of one': batchOfRewards([[1], [0.5]]),
    'a single response': batchOfRewards([[1]]),
    'an empty response': empty,
    'responses without any token': { ...empty, mask: empty.mask.map((row) => row.map(() => 0)) },
  };
  for (const [what, batch] of Object.entries(cases)) {
    const { perToken, raw } = await estimate(instance, batch, subject.needs);
    if (!allFinite(perToken) || !allFinite(raw))
      return `${what} makes an advantage NaN or infinite: divide with tf.divNoNan, and mind n − 1 where n is 1`;
  }
  return undefined;
}

/** Rewards whose float32 mean over some group isn't the reward itself, whatever order a backend adds in. */
const AWKWARD = [0.95, 0.1, 0.7, 0.3, -0.35];

/** The float32 deviation of equal numbers isn't always 0. An estimator without a baseline is left alone. */
async function findRoundedZero(subject: Estimator): Promise<Finding> {
  const instance = await subject.create();
  const ofEqual = async (reward: number): Promise<number[]> => {
    const batch = batchOfRewards([3, 7, 11, 13].map((size) => new Array<number>(size).fill(reward)));
    return (await estimate(instance, batch, subject.needs)).perToken.flat();
  };
  if ((await ofEqual(0.5)).some((advantage) => advantage !== 0)) return undefined;
  return findFirst(AWKWARD, async (reward) => {
    const rounded = (await ofEqual(reward)).find((advantage) => advantage !== 0);
    if (rounded === undefined) return undefined;
    return (
      `a group of equal rewards of ${reward} has an advantage of ${show(rounded)} instead of 0, from ` +
      'rounding alone: put the deviation to 0 where max − min is 0, as groupDeviations does'
    );
  });
}

async function findWrongDirection(subject: Estimator): Promise<Finding> {
  const rewards = [
    [0, 1, 0.2],
    [0, 1, 0.4],
  ];
  const { perToken } = await estimate(await subject.create(), batchOfRewards(rewards), subject.needs);
  const advantages = perToken.map(([advantage]) => advantage!);
  const best = advantages[1]! > advantages[0]! && advantages[4]! > advantages[3]!;
  return best
    ? undefined
    : 'the best response of a group has no higher advantage than the worst: an advantage grows with the reward';
}

async function findBrokenOrder(subject: Estimator): Promise<Finding> {
  const instance = await subject.create();
  const batch = advantageBatch();
  const order = [
    [2, [0]],
    [0, [1, 2, 0]],
    [1, [1, 0]],
  ] as const;
  const { perToken } = await estimate(instance, batch, subject.needs);
  const turned = await estimate(instance, reorderGroups(batch, order), subject.needs);
  const first = firstRows(batch);
  const expected = order.flatMap(([group, responses]) => responses.map((i) => perToken[first[group]! + i]!));
  const found = difference(expected, turned.perToken, { tolerance: TOLERANCE });
  return (
    found &&
    `groups or responses in another order have other advantages: ${found}. Which group a response is ` +
      'of stands in groupOf and present, not in its place'
  );
}

async function findBrokenPadding(subject: Estimator): Promise<Finding> {
  const instance = await subject.create();
  const batch = advantageBatch();
  const { perToken } = await estimate(instance, batch, subject.needs);
  const wide = await estimate(instance, paddedGroups(batch), subject.needs);
  const found = difference(
    perToken,
    wide.perToken.map((row) => row.slice(0, batch.mask[0]!.length)),
    { tolerance: TOLERANCE },
  );
  return (
    found &&
    `empty places of a group or columns of padding change an advantage: ${found}. Count with present ` +
      'and mask, never by the size of a matrix'
  );
}

async function findDisposedInput(subject: Estimator): Promise<Finding> {
  const instance = await subject.create();
  return tf.tidy(() => {
    const inputs = advantageInputsOf(advantageBatch(), subject.needs);
    instance.estimate(inputs);
    const gone = Object.entries(inputs).find(([, value]) => value instanceof tf.Tensor && value.isDisposed);
    return gone && `it disposes of ${gone[0]}, which belongs to the engine: a tensor function disposes of nothing`;
  });
}
