import type { tf } from '@dapo/core';
import { sizeOf } from '../kernels/tensors.js';
import type { Heap } from './heap.js';

/** tf.oneHot as float32. The shipped kernel writes its ones as integers, which read as float32 are zeros. */
export function oneHot(heap: Heap, shipped: tf.KernelFunc): tf.KernelFunc {
  return (params) => {
    const { indices } = params.inputs as Record<'indices', tf.TensorInfo>;
    const { depth, onValue, offValue, dtype } = params.attrs as unknown as {
      depth: number;
      onValue: number;
      offValue: number;
      dtype: tf.DataType;
    };
    if (dtype !== 'float32') return shipped(params);
    const count = sizeOf(indices.shape);
    const out = heap.output([...indices.shape, depth], 'float32');
    const values = heap.float32(out.address, count * depth).fill(offValue);
    heap.int32(heap.address(indices), count).forEach((at, row) => {
      if (at >= 0 && at < depth) values[row * depth + at] = onValue;
    });
    return out.info;
  };
}
