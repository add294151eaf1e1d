import { tf } from '@dapo/core';

/**
 * Root mean square norm: x / √(mean(x²) + ε) · weight (arXiv 1910.07467), with its gradient in closed form.
 *
 * @param x [N, D]
 * @param weight [D]
 */
export function rmsNorm(x: tf.Tensor2D, weight: tf.Tensor, epsilon: number): tf.Tensor2D {
  const norm = tf.customGrad((...inputs) => {
    const [rows, gain, save] = inputs as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const scale = tf.rsqrt(tf.add(tf.mean(tf.square(rows), -1, true), epsilon));
    const normed = tf.mul(rows, scale);
    save([normed, scale, gain]);
    const gradFunc = (dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]) => {
      const [unit, factor, gains] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const upstream = tf.mul(dy as tf.Tensor, gains);
      const along = tf.mean(tf.mul(upstream, unit), -1, true);
      return [
        tf.mul(tf.sub(upstream, tf.mul(unit, along)), factor),
        tf.sum(tf.mul(dy as tf.Tensor, unit), 0),
      ];
    };
    return { value: tf.mul(normed, gain), gradFunc };
  });
  return norm(x, weight) as tf.Tensor2D;
}

/**
 * The gate of SwiGLU: gate · σ(gate) · up (arXiv 2002.05202), with its gradient in closed form.
 *
 * @param gate [N, F]
 * @param up [N, F]
 */
export function swiGlu(gate: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D {
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
