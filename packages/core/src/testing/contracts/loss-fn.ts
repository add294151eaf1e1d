import { tf } from '../../tensors/tf.js';
import { allFinite, shapeText } from './compare.js';
import type { ContractSuite, Finding } from './contract-check.js';
import { findWrongDirection } from './improvement.js';
import type { Subject } from './subject.js';
import { batchWithEmptyResponses, fullyMaskedBatch, lossInputsOf, takeResponses, tokenBatch } from './token-batch.js';
import { tokenChecks } from './token-checks.js';
import { evaluate, prepared, type TokenFunction } from './token-function.js';

const how: TokenFunction<'loss'> = {
  perToken: (loss, inputs) => loss.perToken(inputs),
  prepare: (loss, inputs) => loss.prepare?.(inputs),
};

export const lossFnContract: ContractSuite<'loss'> = {
  methods: ['perToken'],
  async use(instance, subject, turn) {
    const callable = { subject, instance, how };
    const batch = await prepared(callable, takeResponses(tokenBatch(), [turn, 0, 1]));
    return { selected: batch.prepared, ...(await evaluate(callable, batch)) };
  },
  checks: [
    {
      name: 'prepares one number for each token',
      find: (subject) => findWrongPreparation(subject),
      decides: true,
    },
    ...tokenChecks(how),
    {
      name: 'makes tokens of a higher advantage likelier',
      find: async (subject) => findWrongDirection({ subject, instance: await subject.create(), how }),
    },
  ],
};

async function findWrongPreparation(subject: Subject<'loss'>): Promise<Finding> {
  const instance = await subject.create();
  if (!instance.prepare) return undefined;
  for (const batch of [tokenBatch(), batchWithEmptyResponses(), fullyMaskedBatch()]) {
    const given = tf.tidy(() => instance.prepare!(lossInputsOf(batch, subject.needs)));
    const shapes = Object.entries(given).map(([name, { shape }]) => [name, shapeText(shape)] as const);
    tf.dispose(given);
    const expected = shapeText([batch.mask.length, batch.mask[0]!.length]);
    const wrong = shapes.find(([, shape]) => shape !== expected);
    if (wrong)
      return (
        `its prepare gives «${wrong[0]}» in the shape ${wrong[1]}, and ${expected} is cut into ` +
        'micro-batches: give one number for each token'
      );
    const read = await prepared({ subject, instance, how }, batch);
    if (!allFinite(read.prepared))
      return 'its prepare gives NaN or infinity where responses have no token: divide by max(1, tokens of the mask)';
  }
  return undefined;
}
