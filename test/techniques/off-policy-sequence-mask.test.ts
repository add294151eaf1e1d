import type { Metrics } from '@dapo/core';
import { expect, test } from 'vitest';
import { comparable, trainSmallWorld } from './tabular-run.js';

const last = (steps: readonly Metrics[], name: string): number => steps.at(-1)![name]!;
const drifting = { update: { miniBatch: 8, epochs: 4 } };

test('off-policy sequence masking acts once the updates of a rollout have moved the policy', async () => {
  const without = await trainSmallWorld('grpo', [], drifting);
  const masked = await trainSmallWorld(
    'grpo',
    ['filters.drift.use=off-policy-sequence-mask', 'filters.drift.threshold=0.1'],
    drifting,
  );
  expect(last(masked, 'filters/drift/put-out')).toBeGreaterThan(0);
  expect(last(masked, 'filters/drift/put-out')).toBeLessThan(1);
  expect(last(masked, 'policy/log-prob-difference')).not.toBeCloseTo(last(without, 'policy/log-prob-difference'), 3);
});

test('a bound that nothing reaches leaves the run as it is', async () => {
  const without = await trainSmallWorld('grpo', [], drifting);
  const unmasked = await trainSmallWorld(
    'grpo',
    ['filters.drift.use=off-policy-sequence-mask', 'filters.drift.threshold=50'],
    drifting,
  );
  const rest = comparable(unmasked).map(({ 'filters/drift/put-out': putOut, ...metrics }) => {
    expect(putOut).toBe(0);
    return metrics;
  });
  expect(rest).toEqual(comparable(without));
});
