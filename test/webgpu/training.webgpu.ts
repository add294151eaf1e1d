import { expect, test } from 'vitest';
import { trainTiny } from './tiny-run.js';

test('five steps of a tiny transformer give finite metrics, and no tensor is left behind', async () => {
  const { metrics, tensors } = await trainTiny('webgpu', 5);
  expect(metrics).toHaveLength(5);
  for (const step of metrics) {
    expect(Object.keys(step)).toEqual(Object.keys(metrics[0]!));
    expect(Object.entries(step).filter(([, value]) => !Number.isFinite(value))).toEqual([]);
  }
  // The optimizer's moments come into being with the first update.
  expect(new Set(tensors.slice(1)).size).toBe(1);
});
