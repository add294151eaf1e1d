import type { LossInputs } from '../../contracts/index.js';
import { logRatio } from '../../tensors/log-ratio.js';
import { tf } from '../../tensors/tf.js';
import type { ContractSuite } from './contract-check.js';
import { difference } from './compare.js';
import { insideOf, takeResponses, tokenBatch } from './token-batch.js';
import { tokenChecks } from './token-checks.js';
import { evaluate, type TokenFunction } from './token-function.js';

/** The ratio as the plainest level gives it. */
export function plainRatio({ logProbs, oldLogProbs, mask }: LossInputs): tf.Tensor2D {
  return tf.exp(logRatio(logProbs, oldLogProbs, mask)) as tf.Tensor2D;
}

const SIGNAL = 'reference-log-probs';

const how: TokenFunction<'kl-term'> = {
  perToken: (term, inputs) =>
    term.perToken({ ...inputs, ratio: plainRatio(inputs), referenceLogProbs: inputs.signal(SIGNAL) }),
};

export const klTermContract: ContractSuite<'kl-term'> = {
  methods: ['perToken'],
  use: (instance, subject, turn) => evaluate({ subject, instance, how }, takeResponses(tokenBatch(), [turn, 0, 1])),
  checks: [
    {
      name: 'asks for the reference policy',
      decides: true,
      find: async ({ needs }) =>
        needs.has(SIGNAL)
          ? undefined
          : `it is handed log-probs of the reference policy and doesn't ask for them: needs: ['${SIGNAL}']`,
    },
    ...tokenChecks(how),
    {
      name: 'is 0 where the policies agree',
      async find(subject) {
        const batch = { ...tokenBatch(), signal: tokenBatch().logProbs };
        const { loss } = await evaluate({ subject, instance: await subject.create(), how }, batch);
        const found = difference(
          batch.mask.map((row) => row.map(() => 0)),
          insideOf(loss, batch.mask),
          { tolerance: 1e-6 },
        );
        return (
          found && `the divergence of two equal policies is not 0: ${found}. Check the formula at log π = log π_ref`
        );
      },
    },
  ],
};
