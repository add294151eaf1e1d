import type { tf } from '@dapo/core';

/** Inputs of a kernel, by name. */
export type Tensors<Names extends string> = Readonly<Record<Names, tf.TensorInfo>>;

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Rows of a tensor: all axes but the last. */
export const rowsOf = ({ shape }: tf.TensorInfo): number => sizeOf(shape.slice(0, -1));
