import { tf, type LossFn, type Policy } from '@dapo/core';
import {
  buildObjective,
  instantiate,
  prepareMiniBatch,
  randomBatch,
  reduceParts,
  TabularPolicy,
  type Placed,
  type RolloutBatch,
} from '@dapo/core/testing';
import { Random } from '@dapo/core';
import { beforeAll, describe, expect, test } from 'vitest';
import clipHigher from '../../packages/plugins/src/losses/clip-rules/clip-higher.js';
import policyGradient from '../../packages/plugins/src/losses/policy-gradient.js';
import tokenRatio from '../../packages/plugins/src/losses/ratio-levels/token.js';
import tokenAggregation from '../../packages/plugins/src/aggregations/token.js';
import sequenceAggregation from '../../packages/plugins/src/aggregations/sequence.js';
import { startGoldenBackend } from '../golden/golden-backend.js';

const VOCABULARY = 5;
const LENGTHS = [
  [3, 0, 5, 1],
  [2, 2, 7, 4],
  [1, 6, 0, 3],
];

beforeAll(startGoldenBackend);

function placed<T>(instance: T, metrics = {}): Placed<T> {
  return {
    path: 'loss',
    key: 'loss',
    kind: 'loss',
    name: 'policy-gradient',
    label: 'loss policy-gradient',
    instance,
    needs: [],
    metrics,
  };
}

async function lossOf(): Promise<Placed<LossFn>> {
  const clip = await instantiate(clipHigher, {});
  const ratio = await instantiate(tokenRatio, {});
  const instance = (await instantiate(policyGradient, { entropyBonus: 0.01 }, {
    ratio,
    clip,
    kl: undefined,
  } as never)) as LossFn;
  return placed(instance, { ...policyGradient.metrics, ...clipHigher.metrics });
}

function table(): TabularPolicy {
  const logits = Float32Array.from({ length: 3 * 8 * VOCABULARY }, (_, i) => Math.sin(i * 1.7));
  return new TabularPolicy({ vocabularySize: VOCABULARY, prompts: 3, length: 8, entropy: true }, logits);
}

async function gradientOf(
  batch: RolloutBatch,
  rows: readonly number[],
  microBatch: number | 'auto',
  aggregation = tokenAggregation,
  given?: Placed<LossFn>,
) {
  const policy = table();
  const loss = given ?? (await lossOf());
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

describe.each([
  ['token', tokenAggregation],
  ['sequence', sequenceAggregation],
])('with the aggregation %s', (_, aggregation) => {
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
    const without = await gradientOf(
      masked,
      rows.filter((row) => row !== 2),
      'auto',
      aggregation as typeof tokenAggregation,
    );
    const withMasked = await gradientOf(masked, rows, 'auto', aggregation as typeof tokenAggregation);
    expectClose(withMasked.gradient, without.gradient);
  });
});

describe('a metric is reduced over what it is declared over, however the mini-batch is split', () => {
  const batch = randomBatch({ lengths: LENGTHS, vocabularySize: VOCABULARY, spread: 0.8 });
  // The last group is cut short by drops: two of its four responses are left.
  const rows = batch.allRows.slice(0, 10);
  const levels = ['tokens', 'responses', 'groups', 'step'] as const;
  const reductions = ['mean', 'sum', 'min', 'max'] as const;
  const declared = Object.fromEntries(
    levels.flatMap((over) =>
      reductions.map((reduce) => [`${over}-${reduce}`, { over, reduce, unit: '1', meaning: 'for the test' }]),
    ),
  );
  /** Advantages are the same for all of a group: over groups, they are the value of each. */
  batch.allRows.forEach((row) => batch.advantages.row(row).fill(10 * (batch.groupOf[row]! + 1)));
  const counted: LossFn = {
    perToken: ({ logProbs, advantages }) => {
      const values = {
        tokens: advantages,
        responses: tf.max(advantages, 1),
        groups: tf.max(advantages, 1),
        step: tf.scalar(7),
      };
      return {
        loss: logProbs,
        metrics: Object.fromEntries(
          levels.flatMap((over) => reductions.map((reduce) => [`${over}-${reduce}`, values[over]])),
        ),
      };
    },
  };
  const metricsIn = async (microBatch: number | 'auto'): Promise<Record<string, number>> =>
    (await gradientOf(batch, rows, microBatch, tokenAggregation, placed(counted, declared))).metrics;

  /** Of each group. The response without a token counts nowhere, so that 3, 4 and 2 responses do. */
  const tokens = [9, 15, 7];
  const expected = {
    'loss/tokens-mean': (10 * tokens[0]! + 20 * tokens[1]! + 30 * tokens[2]!) / 31,
    'loss/responses-mean': (10 * 3 + 20 * 4 + 30 * 2) / 9,
    'loss/responses-sum': 10 * 3 + 20 * 4 + 30 * 2,
    'loss/groups-mean': 20,
    'loss/groups-sum': 60,
    'loss/groups-min': 10,
    'loss/groups-max': 30,
    'loss/step-mean': 7,
    'loss/step-sum': 7,
    'loss/step-min': 7,
    'loss/step-max': 7,
  };

  test.each(['auto', 1, 2, 3, 5] as const)('in micro-batches of %s', async (size) => {
    const metrics = await metricsIn(size);
    for (const [name, value] of Object.entries(expected)) expect(metrics[name], name).toBeCloseTo(value, 4);
  });

  test('and one of another shape than it is declared over is an error with the place of the loss', async () => {
    const wrong: LossFn = { perToken: ({ logProbs }) => ({ loss: logProbs, metrics: { 'groups-mean': logProbs } }) };
    await expect(gradientOf(batch, rows, 'auto', tokenAggregation, placed(wrong, declared))).rejects.toThrow(
      /for its metric «groups-mean» over groups, gave a tensor of the wrong shape\.\n {2}where: {4}at loss\n {2}expected: \[10\]/,
    );
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
