import type { tf } from '@dapo/core';
import { sizeOf } from '../kernels/tensors.js';
import type { Elementwise } from './elementwise.js';
import type { Heap } from './heap.js';

/**
 * tf.cast. Casting to the type a tensor has already, as every gradient of a product does, is another name for it and no
 * copy. To bool, whatever isn't 0 is true; the shipped kernel keeps the lowest byte of the integer part, so that 0.5
 * becomes false.
 */
export function cast(heap: Heap, elementwise: Elementwise, shipped: tf.KernelFunc): tf.KernelFunc {
  return (params) => {
    const { x } = params.inputs as Record<'x', tf.TensorInfo>;
    const dtype = params.attrs?.['dtype'] as unknown as tf.DataType;
    if (dtype === x.dtype) return heap.alias(x, x.shape);
    if (dtype === 'float32' && (x.dtype === 'int32' || x.dtype === 'bool')) return elementwise.toFloat(x);
    if (dtype !== 'bool' || (x.dtype !== 'float32' && x.dtype !== 'int32')) return shipped(params);
    const length = sizeOf(x.shape);
    const out = heap.output(x.shape, 'bool');
    const values = heap[x.dtype](heap.address(x), length);
    const flags = heap.bool(out.address, length);
    for (let i = 0; i < length; i++) flags[i] = values[i] === 0 ? 0 : 1;
    return out.info;
  };
}
