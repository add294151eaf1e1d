import type { tf } from '@dapo/core';
import { sizeOf } from '../kernels/tensors.js';
import type { Layout } from './layout.js';

/** tf.where: four values at a time instead of one. */
export function select(layout: Layout, shipped: tf.KernelFunc): tf.KernelFunc {
  const { heap } = layout;
  return (params) => {
    const { condition, t, e } = params.inputs as Record<'condition' | 't' | 'e', tf.TensorInfo>;
    const length = sizeOf(t.shape);
    const alike = t.dtype === e.dtype && length === sizeOf(condition.shape) && length === sizeOf(e.shape);
    if (!alike || (t.dtype !== 'float32' && t.dtype !== 'int32') || condition.dtype !== 'bool') return shipped(params);
    const out = heap.output(t.shape, t.dtype);
    layout.select(length, heap.address(condition), heap.address(t), heap.address(e), out.address);
    return out.info;
  };
}
