import { hasKernel, runKernel, tf, type SampleRequest } from '@dapo/core';
import type { Architecture } from './architecture.js';
import { passKeysAndValues } from './decoder.js';
import { type Decoding, newestPosition, newestToken, type Row } from './decoding.js';
import { PackedAttention } from './packed-attention.js';
import { PackedWeights } from './packed-weights.js';
import { offsetsOf, packPrompts } from './prefixes.js';
import type { PreparedDecoder } from './prepared.js';

/** Prompts that go through the decoder together have so many tokens, or are one. */
const PASS_TOKENS = 4096;
const FLOAT_BYTES = 4;

/** A prompt whose keys and values are there. */
interface Owner {
  readonly place: number;
  /** Responses that haven't ended. */
  left: number;
}

export interface Room {
  /** Responses at a time. */
  readonly places: number;
  /** Prompts at a time: more than their responses take, so that the next ones are computed together. */
  readonly promptPlaces: number;
}

/** True where the backend takes a token through the whole decoder in one piece. */
export function canFuse(): boolean {
  return hasKernel('DapoDecode') && hasKernel('DapoAttend');
}

/** As many responses at a time as a byte limit has room for: keys and values, prompts, logits. */
export function roomFor(architecture: Architecture, request: SampleRequest, byteLimit: number, maxRows: number): Room {
  const { prompts, groupSize, sampling } = request;
  const whole = prompts.length * groupSize;
  const perToken = FLOAT_BYTES * cacheWidth(architecture);
  const perPrompt = perToken * capacityFor(longest(prompts) - 1);
  const perRow = perToken * capacityFor(sampling.maxResponseLength) + 2 * FLOAT_BYTES * architecture.vocabularySize;
  const fitting = Math.floor(byteLimit / (perRow + (2 * perPrompt) / groupSize));
  const places = Math.max(1, Math.min(whole, maxRows, fitting));
  return { places, promptPlaces: Math.min(prompts.length, 2 * Math.ceil(places / groupSize)) };
}

/**
 * Continuous batching: a row that has ended leaves at once, and a waiting one takes its place in the cache. Nothing is
 * copied or grows on the way: places have memory for the longest response from the beginning, which stays untouched, and
 * with most systems unused, where none gets so long.
 */
export class FusedDecoding implements Decoding {
  private readonly weights: PackedWeights;
  private readonly tables: readonly tf.Tensor[];
  private readonly cache: tf.Tensor;
  private readonly promptStore: tf.Tensor;
  private readonly free: number[];
  private readonly freePrompts: number[];
  private readonly placeOf = new Map<Row, number>();
  private readonly owners = new Map<number, Owner>();

  constructor(
    private readonly decoder: PreparedDecoder,
    private readonly request: SampleRequest,
    { places, promptPlaces }: Room,
  ) {
    const { architecture, rotary } = decoder;
    const { prompts, sampling } = request;
    const responseLength = sampling.maxResponseLength;
    this.weights = new PackedWeights(decoder);
    this.tables = tf.tidy(() => {
      const { cos, sin } = rotary.at(Int32Array.from({ length: longest(prompts) + responseLength }, (_, i) => i));
      return [tf.keep(cos), tf.keep(sin)];
    });
    this.cache = emptyCache(architecture, places, responseLength);
    this.promptStore = emptyCache(architecture, promptPlaces, longest(prompts) - 1);
    this.free = descending(places);
    this.freePrompts = descending(promptPlaces);
  }

  admit(waiting: readonly Row[], from: number): number {
    let next = from;
    while (next < waiting.length && this.free.length > 0) {
      const row = waiting[next]!;
      if (!this.owners.has(row.owner)) this.computePrompts(row.owner);
      // All places of prompts are taken: one becomes free with the last response of a group.
      if (!this.owners.has(row.owner)) break;
      this.placeOf.set(row, this.free.pop()!);
      next++;
    }
    return next - from;
  }

  next(rows: readonly Row[]): tf.Tensor2D {
    const { embedding, finalGain } = this.decoder;
    const table = new Int32Array(6 * rows.length);
    rows.forEach((row, r) => {
      const { place } = this.owners.get(row.owner)!;
      table.set([newestToken(row), newestPosition(row), this.placeOf.get(row)!, row.tokens.length, place, row.prompt.length - 1], 6 * r);
    });
    const [cos, sin] = this.tables as [tf.Tensor, tf.Tensor];
    const inputs = {
      table: tf.tensor2d(table, [rows.length, 6], 'int32'),
      weights: this.weights.packed,
      embedding,
      cos,
      sin,
      cache: this.cache,
      prompts: this.promptStore,
      gain: finalGain,
    };
    return runKernel('DapoDecode', inputs, this.weights.shape)[0] as tf.Tensor2D;
  }

  release(rows: readonly Row[]): void {
    for (const row of rows) {
      const owner = this.owners.get(row.owner)!;
      this.free.push(this.placeOf.get(row)!);
      this.placeOf.delete(row);
      if (--owner.left > 0) continue;
      this.freePrompts.push(owner.place);
      this.owners.delete(row.owner);
    }
  }

  dispose(): void {
    tf.dispose([this.cache, this.promptStore, ...this.tables]);
    this.weights.dispose();
  }

  /** Keys and values of the next prompts, from `first` on: as many as there are places for. */
  private computePrompts(first: number): void {
    const { prompts, groupSize } = this.request;
    const count = Math.min(this.freePrompts.length, prompts.length - first);
    const entering = Array.from({ length: count }, (_, i) => first + i);
    for (const owner of entering) this.owners.set(owner, { place: this.freePrompts.pop()!, left: groupSize });
    for (const pass of passesOver(entering, (owner) => prompts[owner]!.length - 1)) this.computePass(pass);
  }

  /** One pass over some prompts, one after another without padding. */
  private computePass(owners: readonly number[]): void {
    const chosen = owners.map((owner) => this.request.prompts[owner]!);
    const lengths = chosen.map(({ length }) => length - 1);
    const { keyHeads, group, headDim } = this.weights.shape;
    tf.tidy(() => {
      const { ids, positions } = packPrompts(chosen);
      if (ids.length === 0) return;
      const attention = new PackedAttention(this.decoder, {
        rotation: this.decoder.rotary.at(positions),
        offsets: offsetsOf(lengths),
        starts: tf.zeros([owners.length + 1], 'int32'),
        longest: 0,
        longestPrompt: longest(chosen) - 1,
      });
      passKeysAndValues(this.decoder, tf.tensor1d(ids, 'int32'), attention);
      let from = 0;
      const table = owners.map((owner, i) => [this.owners.get(owner)!.place, (from += lengths[i]!) - lengths[i]!, lengths[i]!]);
      const inputs = { table: tf.tensor2d(table, [owners.length, 3], 'int32'), prompts: this.promptStore };
      attention.own.forEach((x, layer) => runKernel('DapoStorePrompts', { ...inputs, x }, { keyHeads, group, headDim, layer }));
    });
  }
}

/** Cuts prompts, in their order, into passes. */
function passesOver(owners: readonly number[], lengthOf: (owner: number) => number): number[][] {
  const passes: number[][] = [];
  let tokens = Infinity;
  for (const owner of owners) {
    tokens += lengthOf(owner);
    if (tokens <= PASS_TOKENS) passes.at(-1)!.push(owner);
    else {
      passes.push([owner]);
      tokens = lengthOf(owner);
    }
  }
  return passes;
}

/** Values that a token's keys and values take in all layers; heads in whole vectors of four. */
function cacheWidth({ layers, keyValueHeads, headDim }: Architecture): number {
  return 2 * layers * keyValueHeads * wholeVectors(headDim);
}

/** Of each layer and place its keys and its values, token by token. Nothing is written to it. */
function emptyCache({ layers, keyValueHeads, headDim }: Architecture, places: number, tokens: number): tf.Tensor {
  const shape = [layers, places, 2, capacityFor(tokens), keyValueHeads, wholeVectors(headDim)];
  return tf.keep(runKernel('DapoAllocate', {}, { shape })[0]!);
}

/** The kernel reads keys by fours. */
function capacityFor(tokens: number): number {
  return wholeVectors(Math.max(1, tokens));
}

function wholeVectors(length: number): number {
  return 4 * Math.ceil(length / 4);
}

function longest(prompts: readonly Int32Array[]): number {
  return prompts.reduce((max, prompt) => Math.max(max, prompt.length), 0);
}

function descending(count: number): number[] {
  return Array.from({ length: count }, (_, i) => count - 1 - i);
}
