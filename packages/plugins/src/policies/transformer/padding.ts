import { tf } from '@dapo/core';

/** Tokens of sequences one after another [N, …], and each padded at the end to the longest [rows · width, …]. */
export interface Padding {
  /** Padding holds the first token, for want of another. */
  pad<T extends tf.Tensor>(x: T): T;
  /** Leaves the padding out. */
  strip<T extends tf.Tensor>(x: T): T;
}

/** None where all sequences are equally long. */
export function paddingOf(lengths: readonly number[], width: number): Padding | undefined {
  if (lengths.every((length) => length === width)) return undefined;
  const tokenAt = new Int32Array(lengths.length * width);
  const isToken = new Float32Array(tokenAt.length);
  const placeOf: number[] = [];
  lengths.forEach((length, row) => {
    for (let t = 0; t < length; t++) {
      const place = row * width + t;
      tokenAt[place] = placeOf.length;
      isToken[place] = 1;
      placeOf.push(place);
    }
  });
  const [tokens, places] = [tf.tensor1d(tokenAt, 'int32'), tf.tensor1d(placeOf, 'int32')];
  const mask = tf.tensor2d(isToken, [tokenAt.length, 1]);
  return {
    // No gradient comes back to padding: no query sees it, and what it comes to itself is stripped, or times 0.
    pad: gatherBothWays(tokens, places),
    strip: gatherBothWays(places, tokens, mask),
  };
}

/** x[ids], and its gradient by the inverse indices: TensorFlow.js would transpose, and sum by index. */
function gatherBothWays(ids: tf.Tensor1D, inverse: tf.Tensor1D, mask?: tf.Tensor2D): Padding['pad'] {
  const gather = tf.customGrad((...inputs) => {
    const [x, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    save(mask ? [inverse, mask] : [inverse]);
    const gradFunc = (dy: tf.Tensor | tf.Tensor[], [back, kept]: tf.Tensor[]) => {
      const dx = tf.gather(dy as tf.Tensor, back as tf.Tensor1D);
      return kept ? tf.mul(dx, kept) : dx;
    };
    return { value: tf.gather(x, ids), gradFunc };
  });
  return <T extends tf.Tensor>(x: T) => gather(x) as T;
}
