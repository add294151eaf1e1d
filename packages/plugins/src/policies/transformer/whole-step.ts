import { hasKernel, runKernel, tf } from '@dapo/core';
import { emptyStore } from './key-value-store.js';
import type { Packed } from './packed-attention.js';
import { packWeights, shapeOf, type DecoderShape } from './packed-weights.js';
import type { PreparedDecoder } from './prepared.js';
import { type Lengths, type Room, ROW_WIDTH, type StoredPrompt, type TokenStep } from './token-step.js';

/** A token through the whole decoder in one kernel: on a processor, where going from one to the next costs most. */
export class WholeStep implements TokenStep {
  private readonly shape: DecoderShape;
  private readonly tensors: Readonly<Record<'weights' | 'cos' | 'sin' | 'cache' | 'prompts', tf.Tensor>>;

  static isPossible(): boolean {
    return hasKernel('DapoDecode') && hasKernel('DapoAttend');
  }

  constructor(
    private readonly decoder: PreparedDecoder,
    { places, promptPlaces }: Room,
    { prompt, response }: Lengths,
  ) {
    const { architecture, rotary } = decoder;
    const { layers } = architecture;
    this.shape = shapeOf(decoder);
    this.tensors = tf.tidy(() => {
      const weights = packWeights(decoder);
      const { cos, sin } = rotary.at(Int32Array.from({ length: prompt + response }, (_, i) => i));
      const cache = emptyStore(architecture, layers, places, response);
      const prompts = emptyStore(architecture, layers, promptPlaces, prompt - 1);
      return { weights, cos, sin, cache, prompts };
    });
    Object.values(this.tensors).forEach((tensor) => tf.keep(tensor));
  }

  storePrompts(own: readonly Packed[], prompts: readonly StoredPrompt[]): void {
    const { keyHeads, group, headDim } = this.shape;
    const table = prompts.map(({ place, from, length }) => [place, from, length]);
    const inputs = { table: tf.tensor2d(table, [prompts.length, 3], 'int32'), prompts: this.tensors.prompts };
    own.forEach((x, layer) => runKernel('DapoStorePrompts', { ...inputs, x }, { keyHeads, group, headDim, layer }));
  }

  next(table: Int32Array): tf.Tensor2D {
    const { embedding, finalGain } = this.decoder;
    const rows = tf.tensor2d(table, [table.length / ROW_WIDTH, ROW_WIDTH], 'int32');
    return runKernel(
      'DapoDecode',
      { ...this.tensors, table: rows, embedding, gain: finalGain },
      this.shape,
    )[0] as tf.Tensor2D;
  }

  dispose(): void {
    Object.values(this.tensors).forEach((tensor) => tensor.dispose());
  }
}
