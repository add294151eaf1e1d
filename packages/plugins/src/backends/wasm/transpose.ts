import type { tf } from '@dapo/core';
import { sizeOf } from '../kernels/tensors.js';
import { elementBytes, type Layout, stridesOf } from './layout.js';

/**
 * tf.transpose. The shipped kernel is fast for matrices and moves value by value beyond; attention swaps the axes of
 * heads and tokens, where whole runs of a head's width can be copied.
 */
export function transpose(layout: Layout, shipped: tf.KernelFunc): tf.KernelFunc {
  const { heap } = layout;
  return (params) => {
    const { x } = params.inputs as Record<'x', tf.TensorInfo>;
    const perm = params.attrs?.['perm'] as unknown as readonly number[];
    const shape = perm.map((axis) => x.shape[axis]!);
    if (onlyOnesMove(x.shape, perm)) return heap.alias(x, shape);
    const bytes = elementBytes(x.dtype);
    if (bytes === undefined) return shipped(params);
    const out = heap.output(shape, x.dtype);
    if (sizeOf(shape) === 0) return out.info;
    const strides = stridesOf(x.shape);
    const loops = perm.map((axis) => ({ count: x.shape[axis]!, stride: strides[axis]! }));
    if (layout.copyStrided(loops, bytes, heap.address(x), out.address)) return out.info;
    heap.backend.disposeData(out.info.dataId);
    return shipped(params);
  };
}

/** Whether the axes longer than 1 stay in their order: then the values lie as they should already. */
function onlyOnesMove(shape: readonly number[], perm: readonly number[]): boolean {
  const long = perm.filter((axis) => shape[axis] !== 1);
  return long.every((axis, i) => i === 0 || axis > long[i - 1]!);
}
