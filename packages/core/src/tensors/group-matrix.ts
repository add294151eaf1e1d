import type { Group, Response } from '../contracts/data.js';
import { tf } from './tf.js';

/**
 * One number per response as a matrix [groups, largest group], rows filled from the left, and the 0/1 mask of
 * where a response stands.
 */
export function groupMatrix(
  groups: readonly Group[],
  value: (response: Response) => number,
): { values: tf.Tensor2D; present: tf.Tensor2D } {
  const size = groups.reduce((largest, { responses }) => Math.max(largest, responses.length), 1);
  const rows = groups.map(({ responses }) => Array.from({ length: size }, (_, i) => responses[i]));
  const shape: [number, number] = [groups.length, size];
  return {
    values: tf.tensor2d(
      rows.flat().map((response) => (response ? value(response) : 0)),
      shape,
    ),
    present: tf.tensor2d(
      rows.flat().map((response) => (response ? 1 : 0)),
      shape,
    ),
  };
}
