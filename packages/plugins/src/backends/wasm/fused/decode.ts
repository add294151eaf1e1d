import type { tf } from '@dapo/core';
import { requireFloat32, sizeOf, type Tensors } from '../../kernels/tensors.js';
import type { Heap } from '../heap.js';
import type { SgemmVariant } from '../sgemm.js';

/** Attributes of the kernels: a decoder's shape. */
interface Shape {
  readonly layers: number;
  readonly keyHeads: number;
  /** Query heads to a key head. */
  readonly group: number;
  readonly headDim: number;
  readonly inner: number;
  readonly epsilon: number;
  readonly biased: boolean;
  readonly normed: boolean;
}

/** Words of a Step in assembly/decode.ts. */
const STEP_WORDS = 23;

/** A token of each row through a whole decoder, and what it needs: assembly/decode.ts. */
export function decodeKernels(heap: Heap, { module }: SgemmVariant): Record<string, tf.KernelFunc> {
  const { pool } = heap;
  const decodeModule = module.replace('dense', 'decode');
  const pack = pool.function(`${decodeModule}.packWeights`);
  const store = pool.function(`${decodeModule}.storePrompts`);
  const decode = pool.function(`${decodeModule}.decode`);
  const scratch = pool.function(`${decodeModule}.decodeScratch`).run as (step: number) => number;
  const [tileRows, tileColumns] = ['tileRows', 'tileColumns'].map((name) =>
    (pool.function(`${module}.${name}`).run as () => number)(),
  );
  const step = heap.scratch(4 * STEP_WORDS);
  const at = (tensor: tf.TensorInfo): number => heap.address(tensor);

  /** A tensor of a shape, with whatever lay there before. */
  const allocate: tf.KernelFunc = ({ attrs }) =>
    heap.output(attrs?.['shape'] as unknown as readonly number[], 'float32').info;

  /** Matrices [out, in] and vectors `t0 …`, one after another in the form that DapoDecode reads. */
  const packWeights: tf.KernelFunc = ({ inputs }) => {
    const tensors = Array.from({ length: Object.keys(inputs).length }, (_, i) => (inputs as Tensors<string>)[`t${i}`]!);
    const out = heap.output([tensors.reduce((sum, { shape }) => sum + packedLength(shape), 0)], 'float32');
    let to = out.address;
    for (const tensor of tensors) {
      const [columns, depth] = tensor.shape as [number, number | undefined];
      const length = packedLength(tensor.shape);
      if (depth === undefined) {
        const values = heap.float32(to, length);
        values.fill(0);
        values.set(heap.float32(at(tensor), columns));
      } else {
        pool.run(pack, padded(columns) / tileColumns!, 0.5 * depth * tileColumns!, [columns, depth, at(tensor), to]);
      }
      to += 4 * length;
    }
    return out.info;
  };

  /**
   * Writes the keys and values of prompts into `prompts` [layers, places, 2, capacity, keyHeads, headDim in whole vectors], for
   * one `layer`. x [tokens, …], table [prompts, 3]: place, first token, how many.
   */
  const storePrompts: tf.KernelFunc = ({ inputs, attrs }) => {
    const { x, table, prompts } = inputs as Tensors<'x' | 'table' | 'prompts'>;
    const { keyHeads, group, headDim, layer } = attrs as unknown as Shape & { readonly layer: number };
    pool.run(store, table.shape[0]!, 0, [
      keyHeads,
      group,
      headDim,
      at(x),
      at(table),
      at(prompts),
      ...placesOf(prompts),
      layer,
    ]);
    return [];
  };

  /**
   * The newest token of each row: hidden states after the last norm [rows, D]. Its keys and values are added to `cache`, of the
   * form of `prompts`. table [rows, 6], int32: token, position, place in the cache, tokens there, place in the prompts, tokens
   * there.
   */
  const decodeRows: tf.KernelFunc = ({ inputs, attrs }) => {
    const tensors = inputs as Tensors<'table' | 'embedding' | 'weights' | 'cos' | 'sin' | 'cache' | 'prompts' | 'gain'>;
    const { table, embedding, weights, cos, sin, cache, prompts, gain } = tensors;
    const { layers, keyHeads, group, headDim, inner, epsilon, biased, normed } = attrs as unknown as Shape;
    requireFloat32('DapoDecode', embedding, weights, cos, sin, cache, prompts, gain);
    const rows = table.shape[0]!;
    const width = embedding.shape[1]!;
    const out = heap.output([rows, width], 'float32');
    const words = [
      0,
      layers,
      width,
      keyHeads,
      group,
      headDim,
      inner,
      Number(biased),
      Number(normed),
      rows,
      at(table),
      at(embedding),
      at(weights),
      at(cos),
      at(sin),
      at(cache),
      ...placesOf(cache),
      at(prompts),
      ...placesOf(prompts),
      at(gain),
      out.address,
    ];
    heap.int32(step, STEP_WORDS).set(words);
    heap.float32(step, 1)[0] = epsilon;
    pool.reserve(scratch(step));
    const flops = 2 * tileRows! * sizeOf(weights.shape);
    pool.run(decode, Math.ceil(rows / tileRows!), flops / 40, [step]);
    return out.info;
  };

  return {
    DapoAllocate: allocate,
    DapoPackWeights: packWeights,
    DapoStorePrompts: storePrompts,
    DapoDecode: decodeRows,
  };
}

/** Places of a cache and tokens of each. */
function placesOf({ shape }: tf.TensorInfo): number[] {
  return [shape[1]!, shape[3]!];
}

/** Values of a row in memory: `padded` of assembly/decode-parts.ts. */
function padded(width: number): number {
  return Math.ceil(width / 16) * 16;
}

function packedLength([columns, depth = 1]: readonly number[]): number {
  return padded(columns!) * depth;
}
