import { tf } from '@dapo/core';
import { causalMask, paddingMask, type Segment } from './attention.js';
import { keysAndValues } from './decoder.js';
import { groupOf, type PreparedDecoder } from './prepared.js';

/**
 * Keys and values of prompts without their last token, one segment a layer; none where every prompt is a single token.
 * Prompts are padded at the end, and their own causal mask hides the padding from what stands before it.
 */
export function computePrefixes(decoder: PreparedDecoder, prompts: readonly Int32Array[]): Segment[] | undefined {
  const lengths = prompts.map((prompt) => prompt.length - 1);
  const width = lengths.reduce((a, b) => Math.max(a, b), 0);
  if (width === 0) return undefined;
  const ids = new Int32Array(prompts.length * width);
  prompts.forEach((prompt, b) => ids.set(prompt.subarray(0, -1), b * width));
  const segments = keysAndValues(decoder, {
    ids: tf.tensor1d(ids, 'int32'),
    rows: prompts.length,
    tokens: width,
    rotation: decoder.rotary.at(ids.map((_, i) => i % width)),
    mask: causalMask(width, groupOf(decoder.architecture)),
  });
  const mask = paddingMask(lengths, width);
  return segments.map(({ keys, values }) => ({ keys, values, mask }));
}

/** Other owners in the place of those there are, by copy: segments of all layers, which share their mask. */
export function chooseOwners(segments: readonly Segment[], owners: tf.Tensor1D): Segment[] {
  const shared = segments[0]?.mask;
  const mask = shared && (tf.gather(shared, owners, 1) as tf.Tensor4D);
  return segments.map(({ keys, values }) => ({
    keys: tf.gather(keys, owners, 1),
    values: tf.gather(values, owners, 1),
    ...(mask && { mask }),
  }));
}
