import { hasKernel, runKernel, tf } from '@dapo/core';
import { emptyStore } from './key-value-store.js';
import type { Packed } from './packed-attention.js';
import { PackedWeights } from './packed-weights.js';
import type { PreparedDecoder } from './prepared.js';
import { type Lengths, type Room, ROW_WIDTH, type StoredPrompt, type TokenStep } from './token-step.js';

/** A token through the whole decoder in one kernel: on a processor, where going from one to the next costs most. */
export class WholeStep implements TokenStep {
  private readonly weights: PackedWeights;
  private readonly tables: readonly tf.Tensor[];
  private readonly cache: tf.Tensor;
  private readonly prompts: tf.Tensor;

  static isPossible(): boolean {
    return hasKernel('DapoDecode') && hasKernel('DapoAttend');
  }

  constructor(
    private readonly decoder: PreparedDecoder,
    { places, promptPlaces }: Room,
    { prompt, response }: Lengths,
  ) {
    const { architecture, rotary } = decoder;
    this.weights = new PackedWeights(decoder);
    this.tables = tf.tidy(() => {
      const { cos, sin } = rotary.at(Int32Array.from({ length: prompt + response }, (_, i) => i));
      return [tf.keep(cos), tf.keep(sin)];
    });
    this.cache = emptyStore(architecture, architecture.layers, places, response);
    this.prompts = emptyStore(architecture, architecture.layers, promptPlaces, prompt - 1);
  }

  storePrompts(own: readonly Packed[], prompts: readonly StoredPrompt[]): void {
    const { keyHeads, group, headDim } = this.weights.shape;
    const table = prompts.map(({ place, from, length }) => [place, from, length]);
    const inputs = { table: tf.tensor2d(table, [prompts.length, 3], 'int32'), prompts: this.prompts };
    own.forEach((x, layer) => runKernel('DapoStorePrompts', { ...inputs, x }, { keyHeads, group, headDim, layer }));
  }

  next(table: Int32Array): tf.Tensor2D {
    const { embedding, finalGain } = this.decoder;
    const [cos, sin] = this.tables as [tf.Tensor, tf.Tensor];
    const inputs = {
      table: tf.tensor2d(table, [table.length / ROW_WIDTH, ROW_WIDTH], 'int32'),
      weights: this.weights.packed,
      embedding,
      cos,
      sin,
      cache: this.cache,
      prompts: this.prompts,
      gain: finalGain,
    };
    return runKernel('DapoDecode', inputs, this.weights.shape)[0] as tf.Tensor2D;
  }

  dispose(): void {
    tf.dispose([this.cache, this.prompts, ...this.tables]);
    this.weights.dispose();
  }
}
