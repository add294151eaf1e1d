import { tf } from '@dapo/core';
import type { Segment } from './attention.js';
import type { Attention } from './decoder.js';
import { chooseOwners, computePrefixes, shareAmong } from './prefixes.js';
import type { PreparedDecoder } from './prepared.js';
import type { Rotation } from './rotary.js';
import { SegmentAttention } from './segment-attention.js';

/** Tokens that a block takes before it is joined to the older ones: a new token copies its block only, not everything. */
const BLOCK = 8;

/** Keys and values of rows that grow token by token, in TensorFlow.js operations. It owns its tensors. */
export class KeyValueCache {
  /** Of the prompts, shared by their rows. */
  private prefixes: Segment[] = [];
  private older: Segment[] = [];
  /** The newest tokens, fewer than BLOCK. */
  private recent: Segment[] = [];

  /** @param ownerOf the prompt of each row, ascending, none left out */
  constructor(
    private readonly decoder: PreparedDecoder,
    prompts: readonly Int32Array[],
    private ownerOf: Int32Array,
  ) {
    tf.tidy(() => {
      this.prefixes = this.shared(computePrefixes(decoder, prompts) ?? []).map(keep);
    });
  }

  /** Attention of the next token of each row. To be called within a tidy. */
  next(rotation: Rotation): Attention {
    this.settle();
    return new SegmentAttention(this.decoder, { rows: this.ownerOf.length, rotation }, (layer, own) =>
      this.append(layer, own),
    );
  }

  /** Adds a token's keys and values [keyValueHeads, rows, 1, headDim] and gives everything that its queries see. */
  private append(layer: number, own: Segment): Segment[] {
    const before = this.recent[layer];
    this.recent[layer] = keep(before ? join(before, own) : own);
    if (before) disposeOf(before);
    return [this.prefixes[layer], this.older[layer], this.recent[layer]].filter((segment) => segment !== undefined);
  }

  /** Joins a full block to the older ones. To be called between two tokens. */
  private settle(): void {
    if ((this.recent[0]?.keys.shape[2] ?? 0) < BLOCK) return;
    const { older, recent } = this;
    this.older = recent.map((block, layer) => (older[layer] ? keep(join(older[layer], block)) : block));
    if (older.length > 0) [...older, ...recent].forEach(disposeOf);
    this.recent = [];
  }

  /** Keeps some rows, in their order; prompts without a row go as well. To be called within a tidy. */
  choose(rows: Int32Array): void {
    const owners = rows.map((row) => this.ownerOf[row]!);
    const remaining = Int32Array.from(new Set(owners));
    this.ownerOf = owners.map((owner) => remaining.indexOf(owner));
    this.prefixes = replace(this.prefixes, this.shared(chooseOwners(this.prefixes, remaining)));
    this.older = replace(this.older, chooseOwners(this.older, rows));
    this.recent = replace(this.recent, chooseOwners(this.recent, rows));
  }

  /** Prefixes as their rows look at them: where they were copied, each row has its own from now on. */
  private shared(prefixes: readonly Segment[]): Segment[] {
    const shared = shareAmong(prefixes, this.ownerOf);
    if (shared[0]?.keys.shape[1] === this.ownerOf.length) this.ownerOf = this.ownerOf.map((_, row) => row);
    return shared;
  }

  dispose(): void {
    [...this.prefixes, ...this.older, ...this.recent].forEach(disposeOf);
  }
}

function join(a: Segment, b: Segment): Segment {
  return { keys: tf.concat([a.keys, b.keys], 2), values: tf.concat([a.values, b.values], 2) };
}

function replace(old: readonly Segment[], fresh: readonly Segment[]): Segment[] {
  const kept = fresh.map(keep);
  old.forEach(disposeOf);
  return kept;
}

function tensorsOf({ keys, values, mask, seats }: Segment): tf.Tensor[] {
  return [keys, values, ...(mask ? [mask] : []), ...(seats ? [seats.seatOf, seats.rowIn] : [])];
}

function keep(segment: Segment): Segment {
  tensorsOf(segment).forEach((tensor) => tf.keep(tensor));
  return segment;
}

function disposeOf(segment: Segment): void {
  tensorsOf(segment).forEach((tensor) => tensor.dispose());
}
