import { expect, test } from 'vitest';
import type { Aggregation, LossFn, Policy, TokenFilter } from '../contracts/index.js';
import { Random } from '../random/random.js';
import { expectAllclose } from '../testing/allclose.js';
import { randomBatch } from '../testing/random-batch.js';
import { tf } from '../tensors/tf.js';
import type { Placed } from './parts.js';
import { prepareMiniBatch } from './prepare-mini-batch.js';

function placed<T>(instance: T): Placed<T> {
  const place = { path: 'any', key: 'any', kind: 'filter', name: 'any', label: 'filter any' } as const;
  return { ...place, instance, needs: [], metrics: {} };
}

test('a token filter is told how many updates old the weights are that sampled each response', async () => {
  const batch = randomBatch({ lengths: [[2, 1], [1]], vocabularySize: 4 });
  Object.assign(batch.responses[1]!, { policyVersion: 3 });
  const loss: LossFn = { perToken: ({ logProbs }) => ({ loss: logProbs }) };
  const aggregation: Aggregation = { weights: ({ mask }) => tf.clone(mask) };
  const filter: TokenFilter = {
    level: 'token',
    countsFiltered: false,
    select: ({ policyAge }) => tf.clone(policyAge),
  };
  const { mask } = await prepareMiniBatch(batch, [2, 1, 0], {
    policy: {} as Policy,
    filters: [placed(filter)],
    loss: placed(loss),
    aggregation: placed(aggregation),
    temperature: 1,
    maxResponseLength: 2,
    progress: { rolloutStep: 1, optimizerStep: 5, fraction: 0 },
    random: new Random(1),
  });
  await expectAllclose(mask.values, [5, 0, 2, 0, 5, 5]);
});

test('a token filter is handed log-probs of the current weights only where it asks for them', async () => {
  const batch = randomBatch({ lengths: [[2, 1], [1]], vocabularySize: 4 });
  const seen: (tf.Tensor | undefined)[] = [];
  const filter: TokenFilter = {
    level: 'token',
    countsFiltered: true,
    select: ({ logProbs, mask }) => {
      seen.push(logProbs && tf.keep(tf.clone(logProbs)));
      return tf.clone(mask);
    },
  };
  const asking = { ...placed(filter), needs: ['current-log-probs'] };
  const logProbs = Float32Array.from([-1, -2, -3, 0, -4, 0]);
  const policy = { logProbs: async () => ({ logProbs, width: 2 }) } as unknown as Policy;
  await prepareMiniBatch(batch, [0, 1, 2], {
    policy,
    filters: [placed(filter), asking],
    loss: placed<LossFn>({ perToken: (inputs) => ({ loss: inputs.logProbs }) }),
    aggregation: placed<Aggregation>({ weights: ({ mask }) => tf.clone(mask) }),
    temperature: 1,
    maxResponseLength: 2,
    progress: { rolloutStep: 1, optimizerStep: 5, fraction: 0 },
    random: new Random(1),
  });
  expect(seen[0]).toBeUndefined();
  await expectAllclose(seen[1]!, [
    [-1, -2],
    [-3, 0],
    [-4, 0],
  ]);
});
