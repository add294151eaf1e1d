import type { tf } from '@dapo/core';
import { wrongDtype } from '../../backend-errors.js';

/** Inputs of a kernel, by name. */
export type Tensors<Names extends string> = Readonly<Record<Names, tf.TensorInfo>>;

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Rows of a tensor: all axes but the last. */
export const rowsOf = ({ shape }: tf.TensorInfo): number => sizeOf(shape.slice(0, -1));

/** A tensor that a kernel takes in float32 only. */
export function requireFloat32(op: string, ...tensors: readonly tf.TensorInfo[]): void {
  const other = tensors.find((tensor) => tensor.dtype !== 'float32');
  if (!other) return;
  throw wrongDtype(op, other.dtype);
}
