import { tf } from '@dapo/core';
import type { Segment } from './attention.js';
import { chooseOwners } from './prefixes.js';

/** Tokens that a block takes before it is joined to the older ones: a new token copies its block only, not everything. */
const BLOCK = 8;

/** Keys and values of all tokens so far, of every layer. It owns its tensors. */
export class KeyValueCache {
  private prefixes: Segment[] = [];
  private older: Segment[] = [];
  /** The newest tokens, fewer than BLOCK. */
  private recent: Segment[] = [];

  /** @param prefixes computes those of the prompts, one segment a layer, shared by their rows */
  constructor(prefixes: () => Segment[] | undefined) {
    tf.tidy(() => {
      this.prefixes = prefixes()?.map(keep) ?? [];
    });
  }

  /** Adds a token's keys and values [keyValueHeads, rows, 1, headDim] and gives everything that its queries see. */
  append(layer: number, own: Segment): Segment[] {
    const before = this.recent[layer];
    this.recent[layer] = keep(before ? join(before, own) : own);
    if (before) disposeOf(before);
    return [this.prefixes[layer], this.older[layer], this.recent[layer]].filter((segment) => segment !== undefined);
  }

  /** Joins a full block to the older ones. To be called between two tokens. */
  settle(): void {
    if ((this.recent[0]?.keys.shape[2] ?? 0) < BLOCK) return;
    const { older, recent } = this;
    this.older = recent.map((block, layer) => (older[layer] ? keep(join(older[layer], block)) : block));
    if (older.length > 0) [...older, ...recent].forEach(disposeOf);
    this.recent = [];
  }

  /** Keeps some of `count` rows, in the order given. To be called within a tidy. */
  choose(rows: Int32Array, count: number): void {
    const owners = this.prefixes[0]?.keys.shape[1] ?? count;
    const ownerOf = rows.map((row) => Math.floor((row * owners) / count));
    const chosen = (segments: Segment[], ids: Int32Array): Segment[] => {
      const copies = chooseOwners(segments, tf.tensor1d(ids, 'int32')).map(keep);
      segments.forEach(disposeOf);
      return copies;
    };
    this.prefixes = chosen(this.prefixes, ownerOf);
    this.older = chosen(this.older, rows);
    this.recent = chosen(this.recent, rows);
  }

  dispose(): void {
    [...this.prefixes, ...this.older, ...this.recent].forEach(disposeOf);
  }
}

function join(a: Segment, b: Segment): Segment {
  return { keys: tf.concat([a.keys, b.keys], 2), values: tf.concat([a.values, b.values], 2) };
}

function keep(segment: Segment): Segment {
  tf.keep(segment.keys);
  tf.keep(segment.values);
  if (segment.mask) tf.keep(segment.mask);
  return segment;
}

function disposeOf({ keys, values, mask }: Segment): void {
  keys.dispose();
  values.dispose();
  mask?.dispose();
}
