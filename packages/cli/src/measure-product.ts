import { tf } from '@dapo/core';

const SIZE = 1024;
const REPEATS = 3;

/** Speed of a product of two 1024 × 1024 matrices on the running backend, GFLOP/s; the best of three after one to warm up. */
export async function measureProduct(): Promise<number> {
  const a = tf.randomNormal([SIZE, SIZE], 0, 1, 'float32', 1);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= REPEATS; i++) {
    const started = performance.now();
    const product = tf.matMul(a, a);
    await product.data();
    product.dispose();
    if (i > 0) best = Math.min(best, (performance.now() - started) / 1000);
  }
  a.dispose();
  return (2 * SIZE ** 3) / best / 1e9;
}
