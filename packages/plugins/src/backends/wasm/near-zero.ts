import type { tf } from '@dapo/core';
import { sizeOf } from '../kernels/tensors.js';
import type { Heap } from './heap.js';

/** tf.log1p or tf.expm1. The shipped kernels compute log(1 + x) and eˣ − 1, of which nothing is left for a tiny x. */
export function nearZero(heap: Heap, f: (x: number) => number): tf.KernelFunc {
  return ({ inputs }) => {
    const { x } = inputs as Record<'x', tf.TensorInfo>;
    const length = sizeOf(x.shape);
    const out = heap.output(x.shape, 'float32');
    const from = x.dtype === 'int32' ? heap.int32(heap.address(x), length) : heap.float32(heap.address(x), length);
    const to = heap.float32(out.address, length);
    for (let i = 0; i < length; i++) to[i] = f(from[i]!);
    return out.info;
  };
}
