import { tf } from '@dapo/core';
import { sizeOf } from '../kernels/tensors.js';
import { elementBytes, type Layout, stridesOf } from './layout.js';

/** tf.reverse: loops that start at the end of an axis and go backwards. */
export function reverse(layout: Layout, shipped: tf.KernelFunc): tf.KernelFunc {
  const { heap } = layout;
  return (params) => {
    const { x } = params.inputs as Record<'x', tf.TensorInfo>;
    const dims = params.attrs?.['dims'] as unknown as number | number[];
    const bytes = elementBytes(x.dtype);
    if (bytes === undefined || x.shape.length === 0) return shipped(params);
    const axes = tf.util.parseAxisParam(dims, x.shape);
    const out = heap.output(x.shape, x.dtype);
    if (sizeOf(x.shape) === 0) return out.info;
    const strides = stridesOf(x.shape);
    const first = axes.reduce((sum, axis) => sum + (x.shape[axis]! - 1) * strides[axis]!, 0);
    const loops = x.shape.map((count, axis) => ({
      count,
      stride: axes.includes(axis) ? -strides[axis]! : strides[axis]!,
    }));
    if (layout.copyStrided(loops, bytes, heap.address(x) + first * bytes, out.address)) return out.info;
    heap.backend.disposeData(out.info.dataId);
    return shipped(params);
  };
}
