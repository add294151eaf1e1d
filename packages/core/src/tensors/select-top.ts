import { tf } from './tf.js';

/**
 * The `count` largest elements as a 0/1 tensor: exactly that many, the one that stands first where elements
 * are equal. Has no gradient.
 *
 * @param x any shape; what must not be chosen is below `least`
 * @param count a scalar; may be larger than what can be chosen
 */
export function selectTop<T extends tf.Tensor>(x: T, count: tf.Scalar, least: number): T {
  const flat = tf.reshape(x, [-1]);
  const { values, indices } = tf.topk(flat, flat.shape[0], true);
  const early = tf.less(tf.range(0, flat.shape[0]), count);
  const chosen = tf.cast(tf.logicalAnd(early, tf.greaterEqual(values, least)), 'float32');
  return tf.reshape(tf.scatterND(tf.expandDims(indices, 1), chosen, [flat.shape[0]]), x.shape) as T;
}

/**
 * The value below which a share of the elements lies: linear interpolation between neighbours, as numpy and
 * torch. Has no gradient.
 *
 * @param x any shape
 * @param mask 0/1, same shape: which elements count
 * @param share 0 to 1
 */
export function maskedQuantile(x: tf.Tensor, mask: tf.Tensor, share: number): tf.Scalar {
  const flat = tf.reshape(tf.where(tf.greater(mask, 0), x, tf.fill(x.shape, -3e38)), [-1]);
  const { values } = tf.topk(flat, flat.shape[0], true);
  const last = tf.relu(tf.sub(tf.sum(mask), 1));
  const place = tf.mul(last, share);
  const at = (rank: tf.Tensor): tf.Tensor => tf.gather(values, tf.cast(tf.sub(last, rank), 'int32'));
  const lower = at(tf.floor(place));
  const fraction = tf.sub(place, tf.floor(place));
  return tf.add<tf.Scalar>(lower, tf.mul(tf.sub(at(tf.ceil(place)), lower), fraction));
}
