import type { ContractSuite } from './contract-check.js';
import { difference } from './compare.js';
import { insideOf, takeResponses, tokenBatch } from './token-batch.js';
import { tokenChecks } from './token-checks.js';
import { evaluate, type TokenFunction } from './token-function.js';

const how: TokenFunction<'ratio-level'> = { perToken: (level, inputs) => level.ratio(inputs) };

export const ratioLevelContract: ContractSuite<'ratio-level'> = {
  methods: ['ratio'],
  use: (instance, subject, turn) => evaluate({ subject, instance, how }, takeResponses(tokenBatch(), [turn, 0, 1])),
  checks: [
    ...tokenChecks(how),
    {
      name: 'is 1 where the policies agree',
      async find(subject) {
        const batch = { ...tokenBatch(), oldLogProbs: tokenBatch().logProbs };
        const { loss } = await evaluate({ subject, instance: await subject.create(), how }, batch);
        const found = difference(batch.mask, insideOf(loss, batch.mask), { tolerance: 1e-6 });
        return (
          found &&
          `the ratio of two equal policies is not 1: ${found}. The first update of a rollout would ` +
            'start from a wrong ratio'
        );
      },
    },
  ],
};
