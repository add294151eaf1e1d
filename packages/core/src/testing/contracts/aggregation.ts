import type { Aggregation } from '../../contracts/index.js';
import { tf } from '../../tensors/tf.js';
import { allFinite, difference } from './compare.js';
import type { ContractCheck, ContractSuite, Finding } from './contract-check.js';
import { insideOf, matrixTensor, takeResponses, tokenBatch, type Rows, type TokenBatch } from './token-batch.js';
import {
  findBrokenByEmptiness,
  findBrokenOrder,
  findBrokenPadding,
  findWrongShape,
  matrixOf,
  type TokenMatrix,
} from './token-matrix.js';

/** Weights of a batch; `counted` is its mask unless token filters have put tokens out. */
function weightsOf(aggregation: Aggregation, counted?: Rows): TokenMatrix {
  return {
    what: 'a weight',
    compute: ({ mask, groupOf }: TokenBatch) =>
      aggregation.weights({
        mask: matrixTensor(mask),
        counted: matrixTensor(counted ?? mask),
        groupOf: tf.tensor1d([...groupOf], 'int32'),
        groups: new Set(groupOf).size,
        maxResponseLength: 8,
      }),
  };
}

const check = (
  name: string,
  find: (aggregation: Aggregation) => Promise<Finding>,
  decides = false,
): ContractCheck<'aggregation'> => ({
  name,
  decides,
  find: async (subject) => find(await subject.create()),
});

export const aggregationContract: ContractSuite<'aggregation'> = {
  methods: ['weights'],
  use: (instance, _, turn) => matrixOf(weightsOf(instance), takeResponses(tokenBatch(), [turn, 0, 1])),
  checks: [
    check('gives one number for each token', (aggregation) => findWrongShape(weightsOf(aggregation)), true),
    check('gives tokens a weight', findNoWeight),
    check('bears groups of one and responses without a token', (aggregation) =>
      findBrokenByEmptiness(weightsOf(aggregation)),
    ),
    check('is the same with more padding', (aggregation) => findBrokenPadding(weightsOf(aggregation))),
    check('follows the order of the responses', (aggregation) => findBrokenOrder(weightsOf(aggregation))),
    check('bears tokens that a filter has put out', findBrokenByFilter),
  ],
};

async function findNoWeight(aggregation: Aggregation): Promise<Finding> {
  const batch = tokenBatch();
  const weights = insideOf(await matrixOf(weightsOf(aggregation), batch), batch.mask).flat();
  return weights.every((weight) => weight === 0) ? 'no token has a weight: nothing would be learned' : undefined;
}

async function findBrokenByFilter(aggregation: Aggregation): Promise<Finding> {
  const whole = tokenBatch();
  const batch = { ...whole, mask: whole.mask.map((row, r) => row.map((x, t) => (r === 1 || t > 1 ? 0 : x))) };
  const weights = await matrixOf(weightsOf(aggregation, whole.mask), batch);
  if (!allFinite(weights))
    return 'a response whose tokens a filter has put out makes a weight NaN: divide with tf.divNoNan';
  const before = insideOf(await matrixOf(weightsOf(aggregation), whole), batch.mask);
  const found = difference(before, insideOf(weights, batch.mask), { tolerance: 1e-5 });
  return (
    found &&
    `tokens that are put out but counted change the weight of the others: ${found}. Normalise by ` +
      '«counted», and give weights where «mask» is 1'
  );
}
