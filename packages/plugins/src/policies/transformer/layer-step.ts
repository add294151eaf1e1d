import { hasKernel, runKernel, tf } from '@dapo/core';
import { hiddenStates } from './decoder.js';
import { emptyStore } from './key-value-store.js';
import { canPack, turnHeads, type Packed } from './packed-attention.js';
import { groupOf, type PreparedDecoder } from './prepared.js';
import { type Lengths, type Room, ROW_WIDTH, type StoredPrompt, type TokenStep } from './token-step.js';

/** Keys and values of a layer: of rows, and of the prompts that they share. */
interface LayerCache {
  readonly rows: tf.Tensor;
  readonly prompts: tf.Tensor;
}

/**
 * A token layer by layer: its products are the backend's own, its attention one kernel over the cache. A tensor a layer,
 * since a GPU binds no more than so much at a time.
 */
export class LayerStep implements TokenStep {
  private readonly caches: readonly LayerCache[];

  static isPossible(): boolean {
    return hasKernel('DapoStoreTokens') && hasKernel('DapoAttendCached') && canPack();
  }

  constructor(
    private readonly decoder: PreparedDecoder,
    { places, promptPlaces }: Room,
    { prompt, response }: Lengths,
  ) {
    const { architecture } = decoder;
    this.caches = tf.tidy(() =>
      Array.from({ length: architecture.layers }, () => ({
        rows: emptyStore(architecture, 1, places, response),
        prompts: emptyStore(architecture, 1, promptPlaces, prompt - 1),
      })),
    );
    for (const { rows, prompts } of this.caches) [rows, prompts].forEach((tensor) => tf.keep(tensor));
  }

  storePrompts(own: readonly Packed[], prompts: readonly StoredPrompt[]): void {
    const places = prompts.flatMap(({ place, length }) => Array.from({ length }, (_, slot) => [place, slot]));
    const table = tf.tensor2d(places, [places.length, 2], 'int32');
    own.forEach((x, layer) => this.store(x, table, this.caches[layer]!.prompts));
  }

  next(table: Int32Array): tf.Tensor2D {
    const { decoder } = this;
    const rows = table.length / ROW_WIDTH;
    const columns = (first: number, count: number): Int32Array =>
      Int32Array.from(
        { length: rows * count },
        (_, i) => table[ROW_WIDTH * Math.floor(i / count) + first + (i % count)]!,
      );
    const positions = columns(1, 1);
    const rotation = decoder.rotary.at(positions);
    const seen = tf.tensor2d(table, [rows, ROW_WIDTH], 'int32');
    const stored = tf.tensor2d(columns(2, 2), [rows, 2], 'int32');
    // A position is the number of keys before it.
    const keys = 1 + positions.reduce((a, b) => Math.max(a, b), 0);
    return hiddenStates(decoder, tf.tensor1d(columns(0, 1), 'int32'), {
      attend: (layer, projected) => {
        const { rows: cache, prompts } = this.caches[layer]!;
        const x = turnHeads(decoder, layer, projected, rotation);
        this.store(x, stored, cache);
        return runKernel(
          'DapoAttendCached',
          { x, table: seen, cache, prompts },
          { ...this.heads, keys },
        )[0] as tf.Tensor2D;
      },
    });
  }

  dispose(): void {
    for (const { rows, prompts } of this.caches) tf.dispose([rows, prompts]);
  }

  /** @param table the place of each token, and which it is there [tokens, 2] */
  private store(x: Packed, table: tf.Tensor2D, cache: tf.Tensor): void {
    runKernel('DapoStoreTokens', { x, table, cache }, this.heads);
  }

  private get heads(): tf.NamedAttrMap {
    const { architecture } = this.decoder;
    return { keyHeads: architecture.keyValueHeads, group: groupOf(architecture), headDim: architecture.headDim };
  }
}
