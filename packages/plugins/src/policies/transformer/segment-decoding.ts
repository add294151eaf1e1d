import { tf, type SampleRequest } from '@dapo/core';
import { hiddenStates } from './decoder.js';
import { type Decoding, newestPosition, newestToken, type Row } from './decoding.js';
import { KeyValueCache } from './key-value-cache.js';
import type { PreparedDecoder } from './prepared.js';

/** Share of rows still going below which those that have ended are taken out of the cache, by a copy of the others. */
const COMPACT_BELOW = 0.75;

/**
 * Decoding in TensorFlow.js operations, for any backend. Its rows all have equally many tokens, so they enter together:
 * the next ones when all of these have ended.
 */
export class SegmentDecoding implements Decoding {
  private cache: KeyValueCache | undefined;
  /** Rows in the cache; some may have ended. */
  private rows: readonly Row[] = [];
  private left = 0;

  /** @param places rows at a time */
  constructor(
    private readonly decoder: PreparedDecoder,
    private readonly request: SampleRequest,
    private readonly places: number,
  ) {}

  admit(waiting: readonly Row[], from: number): number {
    if (this.left > 0 || from === waiting.length) return 0;
    this.cache?.dispose();
    this.rows = waiting.slice(from, from + this.places);
    this.left = this.rows.length;
    const first = this.rows[0]!.owner;
    const prompts = this.request.prompts.slice(first, this.rows.at(-1)!.owner + 1);
    this.cache = new KeyValueCache(
      this.decoder,
      prompts,
      Int32Array.from(this.rows, ({ owner }) => owner - first),
    );
    return this.rows.length;
  }

  next(rows: readonly Row[]): tf.Tensor2D {
    if (rows.length < COMPACT_BELOW * this.rows.length) this.keepOnly(rows);
    const ids = tf.tensor1d(this.rows.map(newestToken), 'int32');
    // Rows that have ended go along until they are taken out; their positions stay within the tables.
    const rotation = this.decoder.rotary.at(Int32Array.from(this.rows, newestPosition));
    const hidden = hiddenStates(this.decoder, ids, this.cache!.next(rotation));
    return rows.length === this.rows.length ? hidden : tf.gather(hidden, this.placesOf(rows));
  }

  release(rows: readonly Row[]): void {
    this.left -= rows.length;
  }

  dispose(): void {
    this.cache?.dispose();
  }

  private keepOnly(rows: readonly Row[]): void {
    this.cache!.choose(this.placesOf(rows));
    this.rows = [...rows];
  }

  private placesOf(rows: readonly Row[]): Int32Array {
    const places = new Map(this.rows.map((row, place) => [row, place]));
    return Int32Array.from(rows, (row) => places.get(row)!);
  }
}
