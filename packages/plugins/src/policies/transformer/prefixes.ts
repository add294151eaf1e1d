import { tf } from '@dapo/core';
import { causalMask, paddingMask, type Seats, type Segment } from './attention.js';
import { passKeysAndValues } from './decoder.js';
import { paddingOf } from './padding.js';
import { groupOf, type PreparedDecoder } from './prepared.js';
import { SegmentAttention } from './segment-attention.js';

/**
 * Keys and values of prompts without their last token, one segment a layer; none where every prompt is a single token.
 * For attention they are padded at the end, and their own causal mask hides the padding from what stands before it.
 */
export function computePrefixes(decoder: PreparedDecoder, prompts: readonly Int32Array[]): Segment[] | undefined {
  const lengths = prompts.map(({ length }) => length - 1);
  const width = lengths.reduce((a, b) => Math.max(a, b), 0);
  if (width === 0) return undefined;
  const padding = paddingOf(lengths, width);
  const attention = new SegmentAttention(decoder, {
    rows: prompts.length,
    rotation: decoder.rotary.at(Int32Array.from({ length: prompts.length * width }, (_, i) => i % width)),
    mask: causalMask(width, groupOf(decoder.architecture)),
    ...(padding && { padding }),
  });
  passKeysAndValues(decoder, tf.tensor1d(packPrompts(prompts).ids, 'int32'), attention);
  const mask = paddingMask(lengths, width);
  return attention.own.map(({ keys, values }) => ({ keys, values, mask }));
}

/** Prompts without their last token, one after another. */
export function packPrompts(prompts: readonly Int32Array[]): {
  readonly ids: Int32Array;
  readonly positions: Int32Array;
} {
  const count = prompts.reduce((sum, { length }) => sum + length - 1, 0);
  const [ids, positions] = [new Int32Array(count), new Int32Array(count)];
  let at = 0;
  for (const prompt of prompts) {
    ids.set(prompt.subarray(0, -1), at);
    for (let i = 0; i < prompt.length - 1; i++) positions[at++] = i;
  }
  return { ids, positions };
}

/** Where sequences of these lengths begin, one after another, and where the last one ends. */
export function offsetsOf(lengths: readonly number[]): tf.Tensor1D {
  const offsets = new Int32Array(lengths.length + 1);
  lengths.forEach((length, i) => (offsets[i + 1] = offsets[i]! + length));
  return tf.tensor1d(offsets, 'int32');
}

/** Some of the owners, by copy, the same in every layer; segments of a pass share their mask. */
export function chooseOwners(segments: readonly Segment[], owners: Int32Array): Segment[] {
  const ids = tf.tensor1d(owners, 'int32');
  const shared = segments[0]?.mask;
  const mask = shared && (tf.gather(shared, ids, 1) as tf.Tensor4D);
  return segments.map(({ keys, values }) => ({
    keys: tf.gather(keys, ids, 1),
    values: tf.gather(values, ids, 1),
    ...(mask && { mask }),
  }));
}

/** Empty seats that are allowed for each row: beyond, keys are copied for every row instead. */
const EMPTY_SEATS = 1;

/**
 * Lets rows look at their owners' segments, however many rows an owner has.
 *
 * @param segments with owners 0, 1, …; all layers of a pass
 * @param ownerOf of each row, ascending, none left out
 */
export function shareAmong(segments: readonly Segment[], ownerOf: Int32Array): Segment[] {
  const owners = ownerOf.length === 0 ? 0 : ownerOf.at(-1)! + 1;
  const counts = new Int32Array(owners);
  for (const owner of ownerOf) counts[owner]!++;
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  if (counts.every((count) => count === most)) return [...segments];
  if (owners * most > (1 + EMPTY_SEATS) * ownerOf.length) return chooseOwners(segments, ownerOf);
  const seats = seatsOf(ownerOf, owners * most, most);
  return segments.map((segment) => ({ ...segment, seats }));
}

function seatsOf(ownerOf: Int32Array, seats: number, perOwner: number): Seats {
  const seatOf = new Int32Array(ownerOf.length);
  const rowIn = new Int32Array(seats);
  let first = 0;
  ownerOf.forEach((owner, row) => {
    if (row > 0 && ownerOf[row - 1] !== owner) first = row;
    seatOf[row] = owner * perOwner + row - first;
    rowIn[seatOf[row]!] = row;
  });
  return { seatOf: tf.tensor1d(seatOf, 'int32'), rowIn: tf.tensor1d(rowIn, 'int32') };
}
