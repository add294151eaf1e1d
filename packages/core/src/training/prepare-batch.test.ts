import { expect, test } from 'vitest';
import type { AdvantageEstimator, Correction, MetricDeclarations } from '../contracts/index.js';
import { randomBatch } from '../testing/random-batch.js';
import { tf } from '../tensors/tf.js';
import { MetricStore } from './metrics.js';
import type { Placed } from './parts.js';
import { prepareBatch } from './prepare-batch.js';
import type { TrainerContext } from './trainer.js';

function placed<T>(instance: T, metrics: MetricDeclarations = {}): Placed<T> {
  const place = {
    path: 'correction',
    key: 'correction',
    kind: 'correction',
    name: 'any',
    label: 'correction any',
  } as const;
  return { ...place, instance, needs: [], metrics };
}

const declared: MetricDeclarations = {
  mean: { over: 'tokens', reduce: 'mean', unit: 'ratio', meaning: 'a mean' },
  largest: { over: 'responses', reduce: 'max', unit: 'ratio', meaning: 'a maximum' },
};

/** Weights 2 on three tokens, an empty response and padding between them. */
async function metricsOf(metrics: MetricDeclarations): Promise<Record<string, number>> {
  const batch = randomBatch({ lengths: [[2, 0], [1]], vocabularySize: 4 });
  const weigh: Correction = {
    weights: ({ mask }) => {
      const weights = tf.mul(mask, 2);
      return { weights, metrics: { mean: weights, largest: tf.tensor1d([1, 99, 3]) } };
    },
  };
  const estimator: AdvantageEstimator = { estimate: ({ rewards }) => tf.clone(rewards) };
  const store = new MetricStore();
  const parts = {
    signals: [],
    rewards: [],
    correction: placed(weigh, metrics),
    advantage: placed(estimator),
  };
  const context = {
    parts,
    config: { update: { oldLogProbs: 'behaviour' } },
    store,
  } as unknown as TrainerContext;
  await prepareBatch(batch, context, 0);
  return store.take();
}

test('metrics of a correction are reduced as declared, over tokens or responses that carry loss', async () => {
  expect(await metricsOf(declared)).toEqual({ 'correction/mean': 2, 'correction/largest': 3 });
});

test('a metric that a correction has not declared is refused', async () => {
  await expect(metricsOf({})).rejects.toThrow('mean');
});
