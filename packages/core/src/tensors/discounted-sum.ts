import { tf } from './tf.js';

/**
 * y_t = b_t + a_t · y_{t+1} along each row, y = 0 beyond the end: returns, GAE and what else runs backwards
 * in time. Doubles its reach each round, so T tokens take log2 T rounds of tensor operations instead of T.
 *
 * @param factors a [responses, tokens]
 * @param terms b [responses, tokens]
 * @returns y [responses, tokens]
 * @example backwardRecurrence([[0.5, 0.5]], [[1, 2]]) → [[2, 2]]
 */
export function backwardRecurrence(factors: tf.Tensor2D, terms: tf.Tensor2D): tf.Tensor2D {
  let a = factors;
  let b = terms;
  for (let reach = 1; reach < terms.shape[1]; reach *= 2) {
    b = tf.add(b, tf.mul(a, shiftLeft(b, reach)));
    a = tf.mul(a, shiftLeft(a, reach));
  }
  return b;
}

/**
 * Discounted sum of the rewards from each token on: G_t = r_t + γ · G_{t+1}. A token that the policy didn't
 * choose is passed over: it brings no reward and no discount.
 *
 * @param rewards [responses, tokens]
 * @param mask 1 where the policy chose the token [responses, tokens]
 * @param gamma γ
 * @returns [responses, tokens]
 */
export function discountedReturns(rewards: tf.Tensor2D, mask: tf.Tensor2D, gamma: number): tf.Tensor2D {
  const factors = tf.add<tf.Tensor2D>(tf.mul(mask, gamma - 1), 1);
  return backwardRecurrence(factors, tf.mul(rewards, mask));
}

function shiftLeft(x: tf.Tensor2D, by: number): tf.Tensor2D {
  const [rows, width] = x.shape;
  return tf.pad(tf.slice(x, [0, by], [rows, width - by]), [
    [0, 0],
    [0, by],
  ]);
}
