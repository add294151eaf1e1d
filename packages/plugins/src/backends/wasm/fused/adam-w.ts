import type { tf } from '@dapo/core';
import { sizeOf } from '../../kernels/tensors.js';
import type { Heap } from '../heap.js';

const CONSTANTS = ['clip', 'beta1', 'beta2', 'rest1', 'rest2', 'eps', 'rate'] as const;

/**
 * One step of AdamW on all parameters. Inputs `p0 … g0 … m0 … v0 …`, attribute `keep` what of each parameter decay
 * leaves; results p0, m0, v0, p1, …, new tensors: others may hold the old ones.
 */
export function adamWKernel(heap: Heap): tf.KernelFunc {
  const { pool } = heap;
  const kernel = pool.function('fused.adamW');
  const block = (pool.function('fused.blockLength').run as () => number)();
  return ({ inputs, attrs }) => {
    const tensors = inputs as Readonly<Record<string, tf.TensorInfo>>;
    const constants = CONSTANTS.map((name) => Number(attrs?.[name]));
    return (attrs?.['keep'] as unknown as readonly number[]).flatMap((keep, i) => {
      const of = (letter: string): tf.TensorInfo => tensors[`${letter}${i}`]!;
      const length = sizeOf(of('p').shape);
      const out = ['p', 'm', 'v'].map(() => heap.output(of('p').shape, 'float32'));
      const from = ['p', 'g', 'm', 'v'].map((letter) => heap.address(of(letter)));
      pool.run(kernel, Math.ceil(length / block), 1.5 * block, [length, ...from, ...out.map(({ address }) => address), ...constants, keep]);
      return out.map(({ info }) => info);
    });
  };
}
