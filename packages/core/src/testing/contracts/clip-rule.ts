import { allFinite } from './compare.js';
import type { ContractSuite } from './contract-check.js';
import { findWrongDirection } from './improvement.js';
import { plainRatio } from './kl-term.js';
import { takeResponses, tokenBatch } from './token-batch.js';
import { tokenChecks } from './token-checks.js';
import { evaluate, gradient, type TokenFunction } from './token-function.js';

const how: TokenFunction<'clip-rule'> = {
  perToken: (rule, inputs) => rule.perToken({ ...inputs, ratio: plainRatio(inputs) }),
};

export const clipRuleContract: ContractSuite<'clip-rule'> = {
  methods: ['perToken'],
  use: (instance, subject, turn) => evaluate({ subject, instance, how }, takeResponses(tokenBatch(), [turn, 0, 1])),
  checks: [
    ...tokenChecks(how),
    {
      name: 'makes tokens of a higher advantage likelier',
      find: async (subject) => findWrongDirection({ subject, instance: await subject.create(), how }),
    },
    {
      name: 'moves nothing without an advantage',
      async find(subject) {
        const ordinary = tokenBatch();
        const batch = { ...ordinary, advantages: ordinary.advantages.map((row) => row.map(() => 0)) };
        const slopes = await gradient({ subject, instance: await subject.create(), how }, batch);
        if (allFinite(slopes) && slopes.flat().every((slope) => slope === 0)) return undefined;
        return (
          'tokens of advantage 0, such as those of a group of equal rewards, get a gradient: a clip ' +
          'rule is a factor of the advantage, what pulls without one is a KL term'
        );
      },
    },
  ],
};
