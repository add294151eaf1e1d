import type { LogProbs, Policy, PolicyBatch } from '../../contracts/index.js';
import { allFinite, close, difference, show } from './compare.js';
import { findFirst, type ContractCheck, type Finding } from './contract-check.js';
import { policyBatch, policyBatchWithEmpty, takeBatch } from './policy-batch.js';
import { roughen } from './policy-training.js';

const check = (name: string, find: (policy: Policy) => Promise<Finding>): ContractCheck<'policy'> => ({
  name,
  find: async (subject) => {
    const policy = await subject.create();
    // Where that fails the learning checks say so.
    await roughen(policy).catch(() => undefined);
    return find(policy);
  },
});

/** What the log-probs and entropies of a policy owe. */
export const logProbChecks: readonly ContractCheck<'policy'>[] = [
  check('gives log-probs of each token, and 0 beyond a response', findWrongLayout),
  check('gives log-probs of the whole vocabulary', findUnnormalised),
  check('gives a response the same log-probs in any company', findCompany),
  check('bears responses without a token', findBrokenByEmptiness),
  check('gives entropies where it says so', findWrongEntropy),
];

/** Row by row, cut to the tokens that there are. */
function rowsOf({ width, logProbs }: LogProbs, { responses }: PolicyBatch): number[][] {
  return responses.map(({ tokens }, r) => Array.from(logProbs.subarray(r * width, r * width + tokens.length)));
}

async function findWrongLayout(policy: Policy): Promise<Finding> {
  const batch = policyBatch();
  const { width, logProbs } = await policy.logProbs(batch, { temperature: 1 });
  if (width !== 4 || logProbs.length !== 16)
    return (
      `it gives ${logProbs.length} numbers of width ${width} for four responses of up to 4 tokens: ` +
      'row-major, as wide as the longest'
    );
  if (!allFinite([...logProbs]) || logProbs.some((value) => value > 1e-6))
    return 'it gives a log-prob above 0, infinite or NaN';
  const beyond = batch.responses.flatMap(({ tokens }, r) =>
    Array.from(logProbs.subarray(r * width + tokens.length, (r + 1) * width)),
  );
  const wrong = beyond.find((value) => value !== 0);
  return wrong === undefined ? undefined : `it gives ${show(wrong)} beyond the end of a response: put 0 there`;
}

/** One response of a single token for each token of the vocabulary: their probabilities add up to 1. */
function everyToken(policy: Policy): PolicyBatch {
  const responses = Array.from({ length: policy.traits.vocabularySize }, (_, token) => ({
    tokens: Int32Array.of(token),
  }));
  return { prompts: [policyBatch().prompts[0]!], responses, promptOf: new Int32Array(responses.length) };
}

async function distribution(policy: Policy, temperature: number): Promise<number[]> {
  return Array.from((await policy.logProbs(everyToken(policy), { temperature })).logProbs, Math.exp);
}

async function findUnnormalised(policy: Policy): Promise<Finding> {
  const temperatures = policy.traits.logProbs === 'tempered' ? [1, 0.5] : [1];
  const unnormalised = await findFirst(temperatures, async (temperature) => {
    const sum = (await distribution(policy, temperature)).reduce((a, b) => a + b, 0);
    return close(sum, 1, 1e-4)
      ? undefined
      : `at temperature ${temperature} the probabilities of all tokens add up to ${show(sum)}: ` +
          'log-softmax of the logits divided by the temperature, over the full vocabulary';
  });
  if (unnormalised || temperatures.length === 1) return unnormalised;
  const [warm, cold] = [await distribution(policy, 1), await distribution(policy, 0.5)];
  const squares = warm.map((p) => p * p);
  const sum = squares.reduce((a, b) => a + b, 0);
  const found = difference(
    squares.map((square) => square / sum),
    cold,
    { tolerance: 1e-4 },
  );
  return (
    found &&
    `its log-probs do not follow the temperature: ${found}. Divide the logits by it, or declare the ` +
      `trait logProbs: 'raw'`
  );
}

async function findCompany(policy: Policy): Promise<Finding> {
  const batch = policyBatch();
  const together = rowsOf(await policy.logProbs(batch, { temperature: 1 }), batch);
  return findFirst([[1], [3, 0, 2, 1]], async (order) => {
    const other = takeBatch(batch, order);
    const found = difference(
      order.map((r) => together[r]),
      rowsOf(await policy.logProbs(other, { temperature: 1 }), other),
      { tolerance: 1e-4 },
    );
    return (
      found &&
      `a response has other log-probs in another batch: ${found}. Padding and neighbours must not ` +
        'reach it; its prompt stands in promptOf'
    );
  });
}

async function findBrokenByEmptiness(policy: Policy): Promise<Finding> {
  const batch = policyBatchWithEmpty();
  const found = difference(
    rowsOf(await policy.logProbs(policyBatch(), { temperature: 1 }), policyBatch()),
    rowsOf(await policy.logProbs(batch, { temperature: 1 }), batch).slice(0, 4),
    { tolerance: 1e-4 },
  );
  return found && `an empty response changes the log-probs of others: ${found}`;
}

async function findWrongEntropy(policy: Policy): Promise<Finding> {
  if (!policy.traits.entropy) return undefined;
  const { entropy } = await policy.logProbs(everyToken(policy), { temperature: 0.8, entropy: true });
  if (!entropy) return 'its traits promise entropies, and logProbs gives none where they are asked for';
  const expected = (await distribution(policy, policy.traits.logProbs === 'raw' ? 1 : 0.8)).reduce(
    (sum, p) => sum - p * Math.log(Math.max(p, 1e-30)),
    0,
  );
  const wrong = entropy.find((value) => !close(value, expected, 1e-4));
  return wrong === undefined
    ? undefined
    : `it gives an entropy of ${show(wrong)} where its own log-probs have ${show(expected)}: −Σ p log ` +
        'p over the vocabulary, at the temperature asked for';
}
