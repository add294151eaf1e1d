import { tf } from '@dapo/core';
import { sizeOf } from '../kernels/tensors.js';
import type { Heap } from './heap.js';

/** The axes go by one name in tf.max and by another in the rest; none is all of them. */
interface Attributes {
  readonly axis?: number | number[] | null;
  readonly reductionIndices?: number | number[] | null;
  readonly keepDims: boolean;
}

/**
 * tf.max, tf.min, tf.mean and tf.prod where there is nothing to reduce: the shipped kernels leave their output as it lay in
 * memory. `nothing` is what other backends give then.
 */
export function orNothing(heap: Heap, nothing: number, shipped: tf.KernelFunc): tf.KernelFunc {
  return (params) => {
    const { x } = params.inputs as Record<'x', tf.TensorInfo>;
    if (sizeOf(x.shape) > 0) return shipped(params);
    const { axis, reductionIndices, keepDims } = params.attrs as unknown as Attributes;
    const axes = tf.util.parseAxisParam(axis ?? reductionIndices ?? [...x.shape.keys()], x.shape);
    const shape = x.shape.flatMap((length, i) => (!axes.includes(i) ? [length] : keepDims ? [1] : []));
    const out = heap.output(shape, 'float32');
    heap.float32(out.address, sizeOf(shape)).fill(nothing);
    return out.info;
  };
}
