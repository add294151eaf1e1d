import { stoppedValue } from './stopped-values.js';
import { tf } from './tf.js';

const identity = tf.customGrad((x) => ({
  value: tf.clone(x as tf.Tensor),
  gradFunc: (dy: tf.Tensor | tf.Tensor[]) => tf.zerosLike(dy as tf.Tensor),
}));

/** The value of x with gradient 0: what the field calls detach or sg[·]. */
export function stopGradient<T extends tf.Tensor>(x: T): T {
  return identity(stoppedValue(x)) as T;
}
