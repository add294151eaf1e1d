import type { RandomKey } from '../random/random.js';
import type { RolloutBatch } from './rollout-batch.js';

/**
 * Cuts a rollout into mini-batches of about `size` responses, in seeded order and with every group whole. The last one
 * may be smaller. Gives rows of the batch.
 */
export function cutMiniBatches(batch: RolloutBatch, size: number, key: RandomKey): number[][] {
  const rowsOfGroup = batch.groups.map((): number[] => []);
  batch.groupOf.forEach((group, row) => rowsOfGroup[group]!.push(row));
  const miniBatches: number[][] = [];
  let current: number[] = [];
  for (const group of key.permutation(batch.groups.length)) {
    const rows = rowsOfGroup[group]!;
    if (current.length > 0 && current.length + rows.length > size) {
      miniBatches.push(current);
      current = [];
    }
    current.push(...rows);
  }
  if (current.length > 0) miniBatches.push(current);
  return miniBatches;
}
