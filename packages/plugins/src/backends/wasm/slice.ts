import { tf } from '@dapo/core';
import { sizeOf } from '../kernels/tensors.js';
import { elementBytes, type Layout, stridesOf } from './layout.js';

/** tf.slice. The shipped kernel first copies the whole tensor out of the heap, even for a part of it. */
export function slice(layout: Layout, shipped: tf.KernelFunc): tf.KernelFunc {
  const { heap } = layout;
  return (params) => {
    const { x } = params.inputs as Record<'x', tf.TensorInfo>;
    const { begin, size } = params.attrs as unknown as { begin: number | number[]; size: number | number[] };
    const bytes = elementBytes(x.dtype);
    if (bytes === undefined) return shipped(params);
    const [from, shape] = tf.slice_util.parseSliceParams(x, begin, size) as [number[], number[]];
    tf.slice_util.assertParamsValid(x, from, shape);
    const out = heap.output(shape, x.dtype);
    if (sizeOf(shape) === 0) return out.info;
    const strides = stridesOf(x.shape);
    const first = from.reduce((sum, index, axis) => sum + index * strides[axis]!, 0);
    const loops = shape.map((count, axis) => ({ count, stride: strides[axis]! }));
    if (layout.copyStrided(loops, bytes, heap.address(x) + first * bytes, out.address)) return out.info;
    heap.backend.disposeData(out.info.dataId);
    return shipped(params);
  };
}
