import type { Correction, CorrectionOutputs } from '../../contracts/index.js';
import { tf } from '../../tensors/tf.js';
import { allFinite, difference, shapeText } from './compare.js';
import { findFirst, type ContractCheck, type ContractSuite, type Finding } from './contract-check.js';
import type { Subject } from './subject.js';
import { insideOf, mapMatrices, matrixTensor, takeResponses, tokenBatch, type TokenBatch } from './token-batch.js';
import {
  findBrokenByEmptiness,
  findBrokenMask,
  findBrokenOrder,
  findBrokenPadding,
  findWrongShape,
  matrixOf,
  type TokenMatrix,
} from './token-matrix.js';

/** Called in a tidy. */
function correct(correction: Correction, batch: TokenBatch): CorrectionOutputs {
  return correction.weights({
    oldLogProbs: matrixTensor(batch.oldLogProbs),
    behaviourLogProbs: matrixTensor(batch.behaviourLogProbs),
    mask: matrixTensor(batch.mask),
  });
}

const weightsOf = (correction: Correction): TokenMatrix => ({
  what: 'a weight',
  compute: (batch) => correct(correction, batch).weights,
});

const check = (
  name: string,
  find: (correction: Correction) => Promise<Finding>,
  decides = false,
): ContractCheck<'correction'> => ({
  name,
  decides,
  find: async (subject) => find(await subject.create()),
});

export const correctionContract: ContractSuite<'correction'> = {
  methods: ['weights'],
  use: (instance, _, turn) => matrixOf(weightsOf(instance), takeResponses(tokenBatch(), [turn, 0, 1])),
  checks: [
    check('gives one number for each token', (correction) => findWrongShape(weightsOf(correction)), true),
    { name: 'declares its metrics', find: (subject) => findUndeclaredMetric(subject) },
    check('is 1 where the policies agree', findBias),
    check('does not see what the mask leaves out', (correction) => findBrokenMask(weightsOf(correction))),
    check('is the same with more padding', (correction) => findBrokenPadding(weightsOf(correction))),
    check('follows the order of the responses', (correction) => findBrokenOrder(weightsOf(correction))),
    check('bears groups of one and responses without a token', (correction) =>
      findBrokenByEmptiness(weightsOf(correction)),
    ),
    check('stays finite where policies are far apart', findOverflow),
  ],
};

async function findUndeclaredMetric(subject: Subject<'correction'>): Promise<Finding> {
  const instance = await subject.create();
  const batch = tokenBatch();
  return tf.tidy(() => {
    for (const [name, { shape }] of Object.entries(correct(instance, batch).metrics ?? {})) {
      const found = undeclaredMetric(subject, name, shape, batch);
      if (found) return found;
    }
    return undefined;
  });
}

/** What is wrong with a metric that leaves a tensor function: the engine reduces it as it is declared. */
export function undeclaredMetric(
  { metrics }: Pick<Subject, 'metrics'>,
  name: string,
  shape: readonly number[],
  { mask }: TokenBatch,
): Finding {
  const declared = metrics[name];
  if (!declared)
    return (
      `it gives the metric «${name}» and doesn't declare it: metrics: { '${name}': { over, reduce, ` +
      'unit, meaning } }'
    );
  const { over } = declared;
  if (over !== 'tokens' && over !== 'responses')
    return `its metric «${name}» is over ${over}; one that is given with a loss or weights is over tokens or responses`;
  const expected = shapeText(over === 'tokens' ? [mask.length, mask[0]!.length] : [mask.length]);
  if (shapeText(shape) === expected) return undefined;
  return (
    `its metric «${name}» has the shape ${shapeText(shape)}; over ${over} it must be ${expected}, so ` +
    'that the engine can reduce it over any split'
  );
}

async function findBias(correction: Correction): Promise<Finding> {
  const batch = { ...tokenBatch(), behaviourLogProbs: tokenBatch().oldLogProbs };
  const weights = await matrixOf(weightsOf(correction), batch);
  const found = difference(batch.mask, insideOf(weights, batch.mask), { tolerance: 1e-5 });
  return (
    found &&
    `where the old policy is the one that sampled, a weight is not 1: ${found}. The weight is π_old / π_behaviour`
  );
}

async function findOverflow(correction: Correction): Promise<Finding> {
  return findFirst(
    [
      [-120, -0.001],
      [-0.001, -120],
    ] as const,
    async ([old, behaviour]) => {
      const apart = mapMatrices(tokenBatch(), (matrix, name) => {
        if (name !== 'oldLogProbs' && name !== 'behaviourLogProbs') return matrix;
        return matrix.map((row) => row.map(() => (name === 'oldLogProbs' ? old : behaviour)));
      });
      if (allFinite(await matrixOf(weightsOf(correction), apart))) return undefined;
      return (
        `log-probs of ${old} against ${behaviour} make a weight infinite: hold the log-ratio within ` +
        'bounds before exp, as logRatio does'
      );
    },
  );
}
