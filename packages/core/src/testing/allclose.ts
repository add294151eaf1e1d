import type { tf } from '../tensors/tf.js';
import { notClose } from './testing-errors.js';

/** Numbers in any nesting, or a tensor. */
export type Numbers = tf.Tensor | ArrayLike<number> | Nested | number;
type Nested = readonly (number | Nested)[];

export interface Tolerance {
  /** Of the largest |expected|. */
  readonly relative?: number;
  /** The least that is allowed. */
  readonly absolute?: number;
}

async function numbersOf(values: Numbers): Promise<ArrayLike<number>> {
  if (typeof values === 'number') return [values];
  if ('dataId' in values) return values.data();
  return Array.isArray(values) ? (values.flat(Infinity) as number[]) : (values as ArrayLike<number>);
}

/**
 * Throws unless max |actual − expected| ≤ max(absolute, relative · max |expected|). NaN is close to nothing.
 *
 * @param actual a tensor is read, not disposed of
 * @param where names the numbers in the message
 */
export async function expectAllclose(
  actual: Numbers,
  expected: Numbers,
  { relative = 1e-5, absolute = 1e-7 }: Tolerance = {},
  where = 'a tensor',
): Promise<void> {
  const a = await numbersOf(actual);
  const b = await numbersOf(expected);
  if (a.length !== b.length) throw notClose(where, `${b.length} numbers`, `${a.length} numbers`);
  let largest = 0;
  for (let i = 0; i < b.length; i++) largest = Math.max(largest, Math.abs(b[i]!));
  const allowed = Math.max(absolute, relative * largest);
  for (let i = 0; i < b.length; i++) {
    if (Math.abs(a[i]! - b[i]!) <= allowed) continue;
    throw notClose(where, `${b[i]} ± ${allowed.toExponential(2)} at element ${i}`, String(a[i]));
  }
}
