import { tf, type SampleRequest } from '@dapo/core';
import type { Architecture } from './architecture.js';
import { passKeysAndValues } from './decoder.js';
import { type Decoding, newestPosition, newestToken, type Row } from './decoding.js';
import { capacityFor, cacheWidth } from './key-value-store.js';
import { LayerStep } from './layer-step.js';
import { PackedAttention } from './packed-attention.js';
import { offsetsOf, packPrompts } from './prefixes.js';
import type { PreparedDecoder } from './prepared.js';
import { type Room, ROW_WIDTH, type TokenStep } from './token-step.js';
import { WholeStep } from './whole-step.js';

/** Prompts that go through the decoder together have so many tokens, or are one. */
const PASS_TOKENS = 4096;
const FLOAT_BYTES = 4;

/** A prompt whose keys and values are there. */
interface Owner {
  readonly place: number;
  /** Responses that haven't ended. */
  left: number;
}

/** True where the backend has kernels that write a token's keys and values in place. */
export function canDecodeInPlace(): boolean {
  return WholeStep.isPossible() || LayerStep.isPossible();
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
export class ContinuousDecoding implements Decoding {
  private readonly step: TokenStep;
  private readonly free: number[];
  private readonly freePrompts: number[];
  private readonly placeOf = new Map<Row, number>();
  private readonly owners = new Map<number, Owner>();

  constructor(
    private readonly decoder: PreparedDecoder,
    private readonly request: SampleRequest,
    { places, promptPlaces }: Room,
  ) {
    const lengths = { prompt: longest(request.prompts), response: request.sampling.maxResponseLength };
    const Step = WholeStep.isPossible() ? WholeStep : LayerStep;
    this.step = new Step(decoder, { places, promptPlaces }, lengths);
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
    const table = new Int32Array(ROW_WIDTH * rows.length);
    rows.forEach((row, r) => {
      const { place } = this.owners.get(row.owner)!;
      table.set(
        [
          newestToken(row),
          newestPosition(row),
          this.placeOf.get(row)!,
          row.tokens.length,
          place,
          row.prompt.length - 1,
        ],
        ROW_WIDTH * r,
      );
    });
    return this.step.next(table);
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
    this.step.dispose();
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
      const stored = lengths.map((length, i) => ({
        place: this.owners.get(owners[i]!)!.place,
        from: (from += length) - length,
        length,
      }));
      this.step.storePrompts(attention.own, stored);
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

function longest(prompts: readonly Int32Array[]): number {
  return prompts.reduce((max, prompt) => Math.max(max, prompt.length), 0);
}

function descending(count: number): number[] {
  return Array.from({ length: count }, (_, i) => count - 1 - i);
}
