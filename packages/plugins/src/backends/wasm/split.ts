import { tf } from '@dapo/core';
import { sizeOf } from '../kernels/tensors.js';
import { elementBytes, type Layout } from './layout.js';

/** tf.split: each part is a run from every row around the axis. */
export function splitV(layout: Layout, shipped: tf.KernelFunc): tf.KernelFunc {
  const { heap } = layout;
  return (params) => {
    const { x } = params.inputs as Record<'x', tf.TensorInfo>;
    const { numOrSizeSplits, axis } = params.attrs as unknown as {
      numOrSizeSplits: number | number[];
      axis: number;
    };
    const bytes = elementBytes(x.dtype);
    if (bytes === undefined) return shipped(params);
    const along = tf.util.parseAxisParam(axis, x.shape)[0]!;
    const lengths = tf.backend_util.prepareSplitSize(x, numOrSizeSplits, along);
    const rows = sizeOf(x.shape.slice(0, along));
    const inner = sizeOf(x.shape.slice(along + 1)) * bytes;
    const stride = x.shape[along]! * inner;
    let offset = 0;
    return lengths.map((length) => {
      const shape = x.shape.map((whole, i) => (i === along ? length : whole));
      const out = heap.output(shape, x.dtype);
      layout.copyRuns(rows, length * inner, heap.address(x) + offset, stride, out.address, length * inner);
      offset += length * inner;
      return out.info;
    });
  };
}
