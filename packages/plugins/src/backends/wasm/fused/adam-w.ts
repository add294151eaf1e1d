import type { tf } from '@dapo/core';
import { sizeOf, type Tensors } from '../../kernels/tensors.js';
import type { Heap } from '../heap.js';

const CONSTANTS = ['clip', 'beta1', 'beta2', 'rest1', 'rest2', 'eps', 'rate', 'keep'] as const;

/**
 * One step of AdamW on one parameter; attribute `keep`: what decay leaves of it. Results: parameter, first and second moment,
 * new tensors: others may hold the old ones.
 */
export function adamWKernel(heap: Heap): tf.KernelFunc {
  const { pool } = heap;
  const kernel = pool.function('fused.adamW');
  const block = (pool.function('fused.blockLength').run as () => number)();
  return ({ inputs, attrs }) => {
    const { parameter, gradient, first, second } = inputs as Tensors<'parameter' | 'gradient' | 'first' | 'second'>;
    const constants = CONSTANTS.map((name) => Number(attrs?.[name]));
    const length = sizeOf(parameter.shape);
    const out = [parameter, first, second].map(({ shape }) => heap.output(shape, 'float32'));
    const from = [parameter, gradient, first, second].map((tensor) => heap.address(tensor));
    pool.run(kernel, Math.ceil(length / block), 1.5 * block, [
      length,
      ...from,
      ...out.map(({ address }) => address),
      ...constants,
    ]);
    return out.map(({ info }) => info);
  };
}
