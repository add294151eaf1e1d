import { stopGradient } from './stop-gradient.js';
import { tf } from './tf.js';

/**
 * |x| with gradient 0 at 0, as torch; TensorFlow.js's own has −1 there, which an on-policy log-ratio of 0
 * would feel.
 */
export function absolute<T extends tf.Tensor>(x: T): T {
  return tf.mul<T>(x, stopGradient(tf.sign(x)));
}
