import { hasKernel, runKernel, tf } from '@dapo/core';

/**
 * Root mean square norm without its gain: x / √(mean(x²) + ε) over the last axis (arXiv 1910.07467), with its gradient
 * in closed form.
 */
export function rmsNorm<T extends tf.Tensor>(x: T, epsilon: number): T {
  if (hasKernel('DapoRmsNorm')) return fusedRmsNorm(x, epsilon) as T;
  const norm = tf.customGrad((...inputs) => {
    const [rows, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    const scale = tf.rsqrt(tf.add(tf.mean(tf.square(rows), -1, true), epsilon));
    const value = tf.mul(rows, scale);
    save([value, scale]);
    const gradFunc = (dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]) => {
      const [unit, factor] = saved as [tf.Tensor, tf.Tensor];
      const along = tf.mean(tf.mul(dy as tf.Tensor, unit), -1, true);
      return tf.mul(tf.sub(dy as tf.Tensor, tf.mul(unit, along)), factor);
    };
    return { value, gradFunc };
  });
  return norm(x) as T;
}

/** x + y of one shape. tf.add would keep both for the way back, which needs neither. */
export function residual<T extends tf.Tensor>(x: T, y: T): T {
  const sum = tf.customGrad((...inputs) => {
    const [a, b] = inputs as [tf.Tensor, tf.Tensor];
    const gradFunc = (dy: tf.Tensor | tf.Tensor[]) => [tf.clone(dy as tf.Tensor), tf.clone(dy as tf.Tensor)];
    return { value: tf.add(a, b), gradFunc };
  });
  return sum(x, y) as T;
}

/**
 * The gate of SwiGLU: gate · σ(gate) · up (arXiv 2002.05202), with its gradient in closed form.
 *
 * @param gate [N, F]
 * @param up [N, F]
 */
export function swiGlu(gate: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D {
  if (hasKernel('DapoSwiGlu')) return fusedSwiGlu(gate, up) as tf.Tensor2D;
  return swiGluWithGradient(gate, up) as tf.Tensor2D;
}

const swiGluWithGradient = tf.customGrad((...inputs) => {
  const [gate, up, save] = inputs as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
  const open = tf.sigmoid(gate);
  const silu = tf.mul(gate, open);
  save([up, open, silu]);
  const gradFunc = (dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]) => {
    const [ups, opens, silus] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    const upstream = dy as tf.Tensor;
    // d silu / d gate = σ + silu · (1 − σ)
    const slope = tf.add(opens, tf.sub(silus, tf.mul(silus, opens)));
    return [tf.mul(tf.mul(upstream, ups), slope), tf.mul(upstream, silus)];
  };
  return { value: tf.mul(silu, up), gradFunc };
});

function fusedRmsNorm(x: tf.Tensor, epsilon: number): tf.Tensor {
  const norm = tf.customGrad((...inputs) => {
    const [rows, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    const [value, scales] = runKernel('DapoRmsNorm', { x: rows }, { epsilon }) as [tf.Tensor, tf.Tensor];
    save([value, scales]);
    const gradFunc = (dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]) =>
      runKernel('DapoRmsNormBackward', { unit: saved[0]!, scales: saved[1]!, dy: dy as tf.Tensor })[0]!;
    return { value, gradFunc };
  });
  return norm(x);
}

const fusedSwiGlu = tf.customGrad((...inputs) => {
  const [gate, up, save] = inputs as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
  save([gate, up]);
  const gradFunc = (dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]) =>
    runKernel('DapoSwiGluBackward', { gate: saved[0]!, up: saved[1]!, dy: dy as tf.Tensor });
  return { value: runKernel('DapoSwiGlu', { gate, up })[0]!, gradFunc };
});
