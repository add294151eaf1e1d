import { runKernel, tf } from '@dapo/core';
import type { Attention } from './decoder.js';
import type { TokenCache } from './key-value-cache.js';
import { type PackedPrefixes, turnHeads } from './packed-attention.js';
import { computePackedPrefixes } from './prefixes.js';
import { groupOf, type PreparedDecoder } from './prepared.js';
import type { Rotation } from './rotary.js';

/** Tokens that a cache holds before it first grows; it doubles. A multiple of 8, as the kernel wants it. */
const FIRST_CAPACITY = 32;

/** Keys [rows, keyValueHeads, headDim, capacity] and values [rows, keyValueHeads, capacity, headDim] of a layer. */
interface Layer {
  readonly keys: tf.Tensor4D;
  readonly values: tf.Tensor4D;
}

/** A cache that a kernel writes to in place: a token costs its own keys and values, not those before it. */
export class PackedCache implements TokenCache {
  private prefixes: PackedPrefixes | undefined;
  private starts: tf.Tensor1D;
  private layers: Layer[] = [];
  private capacity = FIRST_CAPACITY;
  /** Tokens in the cache. */
  private tokens = 0;

  /** @param ownerOf the prompt of each row, ascending */
  constructor(
    private readonly decoder: PreparedDecoder,
    private readonly prompts: readonly Int32Array[],
    private ownerOf: Int32Array,
  ) {
    const { keyValueHeads, headDim, layers } = decoder.architecture;
    tf.tidy(() => {
      this.prefixes = computePackedPrefixes(decoder, prompts);
      [...(this.prefixes?.layers ?? []), ...(this.prefixes ? [this.prefixes.lengths] : [])].forEach((tensor) => tf.keep(tensor));
    });
    this.starts = this.startsOf();
    const empty = (...shape: [number, number]): tf.Tensor4D => tf.zeros([ownerOf.length, keyValueHeads, ...shape]);
    this.layers = Array.from({ length: layers }, () => ({
      keys: tf.keep(empty(headDim, this.capacity)),
      values: tf.keep(empty(this.capacity, headDim)),
    }));
  }

  next(rotation: Rotation): Attention {
    if (this.tokens === this.capacity) this.grow();
    const before = this.tokens++;
    return { attend: (layer, projected) => this.attend(layer, turnHeads(this.decoder, layer, projected, rotation), before) };
  }

  choose(rows: Int32Array): void {
    const ids = tf.tensor1d(rows, 'int32');
    this.ownerOf = rows.map((row) => this.ownerOf[row]!);
    this.starts.dispose();
    this.starts = this.startsOf();
    this.replace((x) => tf.gather(x, ids, 0), (x) => tf.gather(x, ids, 0));
  }

  dispose(): void {
    tf.dispose([this.starts, ...this.layers.flatMap(({ keys, values }) => [keys, values])]);
    if (this.prefixes) tf.dispose([this.prefixes.lengths, ...this.prefixes.layers]);
  }

  private attend(layer: number, x: tf.Tensor2D, before: number): tf.Tensor2D {
    const { prefixes, starts } = this;
    const { keyValueHeads, headDim } = this.decoder.architecture;
    const prefix = prefixes && { prefix: prefixes.layers[layer]!, lengths: prefixes.lengths };
    const sizes = {
      keyHeads: keyValueHeads,
      group: groupOf(this.decoder.architecture),
      headDim,
      tokens: before,
      prefixTokens: prefixes?.tokens ?? 0,
    };
    return runKernel('DapoAttendToken', { x, starts, ...prefix, ...this.layers[layer]! }, sizes)[0] as tf.Tensor2D;
  }

  /** First row of each prompt, then the number of rows; a prompt without rows begins where the next one does. */
  private startsOf(): tf.Tensor1D {
    const starts = new Int32Array(this.prompts.length + 1);
    for (const owner of this.ownerOf) starts[owner + 1]!++;
    for (let prompt = 0; prompt < this.prompts.length; prompt++) starts[prompt + 1]! += starts[prompt]!;
    return tf.keep(tf.tensor1d(starts, 'int32'));
  }

  private grow(): void {
    const more = this.capacity;
    this.capacity *= 2;
    this.replace(
      (keys) => tf.concat([keys, tf.zeros([...keys.shape.slice(0, 3), more])], 3),
      (values) => tf.concat([values, tf.zeros([...values.shape.slice(0, 2), more, values.shape[3]!])], 2),
    );
  }

  private replace(keysOf: (keys: tf.Tensor4D) => tf.Tensor, valuesOf: (values: tf.Tensor4D) => tf.Tensor): void {
    this.layers = this.layers.map(({ keys, values }) => {
      const fresh = { keys: tf.keep(keysOf(keys)) as tf.Tensor4D, values: tf.keep(valuesOf(values)) as tf.Tensor4D };
      tf.dispose([keys, values]);
      return fresh;
    });
  }
}
