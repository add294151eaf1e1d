import { tf } from '../tensors/tf.js';

/**
 * The gradient of a scalar function by central differences: (f(x + h·e_i) − f(x − h·e_i)) / 2h for each element.
 * Keep away from corners: no kink may lie within h of x.
 *
 * @param f disposes of nothing; tidied here
 * @param x any shape
 * @param h with float32, 1e-2 balances rounding and curvature
 * @returns as many numbers as x has elements
 */
export async function finiteDifference(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, h = 1e-2): Promise<Float32Array> {
  const at = Float32Array.from(await x.data());
  const gradient = new Float32Array(at.length);
  for (let i = 0; i < at.length; i++) {
    const [above, below] = [await moved(f, x.shape, at, i, h), await moved(f, x.shape, at, i, -h)];
    gradient[i] = (above - below) / (2 * h);
  }
  return gradient;
}

async function moved(
  f: (x: tf.Tensor) => tf.Tensor,
  shape: number[],
  at: Float32Array,
  i: number,
  by: number,
): Promise<number> {
  const values = Float32Array.from(at);
  values[i]! += by;
  const result = tf.tidy(() => f(tf.tensor(values, shape)));
  const [value] = await result.data();
  result.dispose();
  return value!;
}

/** |a − b| / |b| in the Euclidean norm: what «1e-2 of the norm» is asked of. */
export function relativeDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let distance = 0;
  let norm = 0;
  for (let i = 0; i < b.length; i++) {
    distance += (a[i]! - b[i]!) ** 2;
    norm += b[i]! ** 2;
  }
  return norm === 0 ? Math.sqrt(distance) : Math.sqrt(distance / norm);
}
