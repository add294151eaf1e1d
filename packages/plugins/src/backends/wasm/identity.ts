import type { tf } from '@dapo/core';
import type { Heap } from './heap.js';

/** tf.clone and its like: another name for the same values. TensorFlow.js copies them; no kernel writes its inputs. */
export function identity(heap: Heap): tf.KernelFunc {
  return ({ inputs }) => {
    const { x } = inputs as Record<'x', tf.TensorInfo>;
    return heap.alias(x, x.shape);
  };
}
