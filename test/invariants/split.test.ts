import { tf, type LossFn, type Policy } from '@dapo/core';
import {
  buildObjective, instantiate, prepareMiniBatch, randomBatch, reduceParts, TabularPolicy, type Placed, type RolloutBatch,
} from '@dapo/core/testing';
import { Random } from '@dapo/core';
import { beforeAll, describe, expect, test } from 'vitest';
import clipHigher from '../../packages/plugins/src/losses/clip-rules/clip-higher.js';
import policyGradient from '../../packages/plugins/src/losses/policy-gradient.js';
import tokenRatio from '../../packages/plugins/src/losses/ratio-levels/token.js';
import tokenAggregation from '../../packages/plugins/src/aggregations/token.js';
import sequenceAggregation from '../../packages/plugins/src/aggregations/sequence.js';

const VOCABULARY = 5;
const LENGTHS = [[3, 0, 5, 1], [2, 2, 7, 4], [1, 6, 0, 3]];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function placed<T>(instance: T, metrics = {}): Placed<T> {
  return { path: 'loss', key: 'loss', kind: 'loss', name: 'policy-gradient', label: 'loss policy-gradient', instance, needs: [], metrics };
}

async function lossOf(): Promise<Placed<LossFn>> {
  const clip = await instantiate(clipHigher, {});
  const ratio = await instantiate(tokenRatio, {});
  const instance = (await instantiate(policyGradient, { entropyBonus: 0.01 }, { ratio, clip, kl: undefined } as never)) as LossFn;
  return placed(instance, { ...policyGradient.metrics, ...clipHigher.metrics });
}

function table(): TabularPolicy {
  const logits = Float32Array.from({ length: 3 * 8 * VOCABULARY }, (_, i) => Math.sin(i * 1.7));
  return new TabularPolicy({ vocabularySize: VOCABULARY, prompts: 3, length: 8, entropy: true }, logits);
}

async function gradientOf(batch: RolloutBatch, rows: readonly number[], microBatch: number | 'auto', aggregation = tokenAggregation) {
  const policy = table();
  const loss = await lossOf();
  const miniBatch = await prepareMiniBatch(batch, rows, {
    policy: policy as Policy,
    filters: [],
    loss,
    aggregation: placed(await instantiate(aggregation as typeof tokenAggregation, {})),
    temperature: 1,
    maxResponseLength: 8,
    progress: { rolloutStep: 0, optimizerStep: 0, fraction: 0 },
    random: new Random(1),
  });
  const objective = buildObjective(miniBatch, loss, { temperature: 1, entropy: true });
  const report = await policy.accumulate(batch.policyBatch(rows), objective, { microBatch });
  const gradient = Float32Array.from(policy.accumulated);
  policy.dispose();
  return { gradient, metrics: reduceParts(report.parts, miniBatch, loss) };
}

function expectClose(a: Float32Array, b: Float32Array): void {
  const norm = Math.hypot(...b);
  expect(Math.hypot(...a.map((value, i) => value - b[i]!))).toBeLessThanOrEqual(1e-5 * norm);
  expect(norm).toBeGreaterThan(0);
}

describe.each([['token', tokenAggregation], ['sequence', sequenceAggregation]])('with the aggregation %s', (_, aggregation) => {
  const batch = randomBatch({ lengths: LENGTHS, vocabularySize: VOCABULARY, spread: 0.8 });
  const rows = batch.allRows;

  test.each([1, 2, 3, 5, 7, 12])('gradient and metrics are the same in micro-batches of %i', async (size) => {
    const whole = await gradientOf(batch, rows, 'auto', aggregation as typeof tokenAggregation);
    const split = await gradientOf(batch, rows, size, aggregation as typeof tokenAggregation);
    expectClose(split.gradient, whole.gradient);
    expect(Object.keys(split.metrics)).toContain('loss/clip-fraction');
    for (const [name, value] of Object.entries(whole.metrics)) expect(split.metrics[name], name).toBeCloseTo(value, 5);
  });

  test('the order of responses does not matter', async () => {
    const whole = await gradientOf(batch, rows, 3, aggregation as typeof tokenAggregation);
    const turned = await gradientOf(batch, [...rows].reverse(), 3, aggregation as typeof tokenAggregation);
    expectClose(turned.gradient, whole.gradient);
  });

  test('padding does not matter: a longer response elsewhere in the batch changes nothing', async () => {
    const longer = randomBatch({ lengths: [...LENGTHS, [8]], vocabularySize: VOCABULARY, spread: 0.8 });
    const whole = await gradientOf(batch, rows, 'auto', aggregation as typeof tokenAggregation);
    const padded = await gradientOf(longer, rows, 'auto', aggregation as typeof tokenAggregation);
    expect(longer.width).toBeGreaterThan(batch.width);
    expectClose(padded.gradient, whole.gradient);
  });

  test('a masked response carries no gradient', async () => {
    const masked = randomBatch({ lengths: LENGTHS, vocabularySize: VOCABULARY, spread: 0.8 });
    masked.lossMask.row(2).fill(0);
    const without = await gradientOf(masked, rows.filter((row) => row !== 2), 'auto', aggregation as typeof tokenAggregation);
    const withMasked = await gradientOf(masked, rows, 'auto', aggregation as typeof tokenAggregation);
    expectClose(withMasked.gradient, without.gradient);
  });
});

test('lengths 1 and 3 with advantages +1 and −1 weigh by tokens: loss 0.5, not 0 (twinkle PR 292)', async () => {
  const batch = randomBatch({ lengths: [[1, 3]], vocabularySize: VOCABULARY });
  batch.advantages.row(0).fill(1);
  batch.advantages.row(1).fill(-1);
  const policy = table();
  const { logProbs } = await policy.logProbs(batch.policyBatch([0, 1]), { temperature: 1 });
  batch.oldLogProbs.values.set(logProbs);
  const { metrics } = await gradientOf(batch, [0, 1], 1);
  const entropyPart = 0.01 * metrics['policy/entropy']!;
  expect(metrics['total']! + entropyPart).toBeCloseTo(0.5, 5);
  expect(metrics['policy/log-prob-difference']).toBeLessThan(1e-6);
  policy.dispose();
});
