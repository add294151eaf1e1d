import type { tf } from '@dapo/core';
import { sizeOf, type Tensors } from '../../kernels/tensors.js';
import type { Shaders } from '../shaders.js';
import type { HeadSizes } from './attention.js';

/** A cache [1, places, 2, capacity, keyHeads, width]: of each place its keys, then its values, token by token. */
function cacheSizes({ shape }: tf.TensorInfo): { readonly capacity: number; readonly width: number } {
  return { capacity: shape[3]!, width: shape[5]! };
}

/** The cache of a token's keys and values, written and read where it lies. */
export function cacheKernels(shaders: Shaders): Record<string, tf.KernelFunc> {
  const allocate: tf.KernelFunc = ({ attrs }) => shaders.allocate(attrs?.['shape'] as unknown as readonly number[]);

  /** x [tokens, keyHeads · (group + 2) · headDim], table [tokens, 2]: its place, and which token it is there. */
  const storeTokens: tf.KernelFunc = ({ inputs, attrs }) => {
    const { x, table, cache } = inputs as Tensors<'x' | 'table' | 'cache'>;
    const { keyHeads, group, headDim } = attrs as unknown as HeadSizes;
    shaders.each(
      {
        name: 'store-tokens',
        inputs: { x, table: flat(table) },
        shape: [sizeOf(cache.shape)],
        integers: { keyHeads, group, headDim, ...cacheSizes(cache) },
        code: `
          let d = i % uniforms.headDim;
          let part = i / uniforms.headDim;
          let kind = part % 2;
          let head = (part / 2) % uniforms.keyHeads;
          let token = part / (2 * uniforms.keyHeads);
          let source = ((token * uniforms.keyHeads + head) * (uniforms.group + 2) + uniforms.group + kind) * uniforms.headDim + d;
          let slot = (table[token * 2] * 2 + kind) * uniforms.capacity + table[token * 2 + 1];
          result[(slot * uniforms.keyHeads + head) * uniforms.width + d] = x[source];`,
      },
      x.shape[0]! * keyHeads * 2 * headDim,
      flat(cache),
    );
    return [];
  };

  /**
   * Heads of the newest token of each row, over its prompt and its own tokens: a workgroup for a head. x as in
   * `DapoStoreTokens`; table [rows, 6], its columns 2 to 5: place in the cache, tokens there before this one, place in the
   * prompts, tokens there. `keys`: the most that a row sees.
   */
  const attendCached: tf.KernelFunc = ({ inputs, attrs }) => {
    const { x, table, cache, prompts } = inputs as Tensors<'x' | 'table' | 'cache' | 'prompts'>;
    const { keyHeads, group, headDim, keys } = attrs as unknown as HeadSizes & { readonly keys: number };
    const [own, shared] = [cacheSizes(cache), cacheSizes(prompts)];
    const rows = x.shape[0]!;
    const heads = keyHeads * group;
    return shaders.eachRow(
      {
        name: `attend-cached-${headDim}`,
        inputs: { x, table: flat(table), cache: flat(cache), prompts: flat(prompts) },
        shape: [rows, heads * headDim],
        integers: { keys, keyHeads, group, width: own.width, capacity: own.capacity, promptCapacity: shared.capacity },
        functions: `
          const HEAD = ${headDim};
          const PARTS = (HEAD + GROUP - 1) / GROUP;
          var<workgroup> weights : array<f32, GROUP>;
          fn keyAt(place : i32, capacity : i32, token : i32, head : i32) -> i32 {
            return ((place * 2 * capacity + token) * uniforms.keyHeads + head) * uniforms.width;
          }`,
        code: `
          let heads = uniforms.keyHeads * uniforms.group;
          let head = (row % heads) / uniforms.group;
          let queryAt = ((row / heads * uniforms.keyHeads + head) * (uniforms.group + 2) + row % uniforms.group) * HEAD;
          let facts = row / heads * 6;
          let before = table[facts + 5];
          let seen = before + table[facts + 3] + 1;
          let promptKeys = keyAt(table[facts + 4], uniforms.promptCapacity, 0, head);
          let ownKeys = keyAt(table[facts + 2], uniforms.capacity, 0, head);
          let stride = uniforms.keyHeads * uniforms.width;
          var high = -3.402823e38;
          var sum = 0.0;
          for (var n = lane; n < seen; n += GROUP) {
            ${SCORE}
            let higher = max(high, score);
            sum = sum * exp(high - higher) + exp(score - higher);
            high = higher;
          }
          let highest = largest(high);
          let whole = total(sum * exp(high - highest));
          var mixed : array<f32, PARTS>;
          for (var first = 0; first < uniforms.keys; first += GROUP) {
            let n = first + lane;
            var weight = 0.0;
            if (n < seen) { ${SCORE} weight = exp(score - highest) / whole; }
            workgroupBarrier();
            weights[lane] = weight;
            workgroupBarrier();
            for (var part = 0; part < PARTS; part++) {
              let d = part * GROUP + lane;
              if (d < HEAD) {
                for (var k = first; k < min(first + GROUP, seen); k++) {
                  var value = 0.0;
                  if (k < before) { value = prompts[promptKeys + uniforms.promptCapacity * stride + k * stride + d]; }
                  else { value = cache[ownKeys + uniforms.capacity * stride + (k - before) * stride + d]; }
                  mixed[part] += weights[k - first] * value;
                }
              }
            }
          }
          for (var part = 0; part < PARTS; part++) {
            let d = part * GROUP + lane;
            if (d < HEAD) { result[row * HEAD + d] = mixed[part]; }
          }`,
      },
      rows * heads,
    );
  };

  return { DapoAllocate: allocate, DapoStoreTokens: storeTokens, DapoAttendCached: attendCached };
}

/** The query's product with key `n`, a prompt's or its own; the queries are scaled already. */
const SCORE = `
  var score = 0.0;
  if (n < before) { for (var d = 0; d < HEAD; d++) { score += x[queryAt + d] * prompts[promptKeys + n * stride + d]; } }
  else { for (var d = 0; d < HEAD; d++) { score += x[queryAt + d] * cache[ownKeys + (n - before) * stride + d]; } }`;

/** The same memory as a row: a shader needs no more, and none is compiled for each number of axes. */
function flat(tensor: tf.TensorInfo): tf.TensorInfo {
  return { ...tensor, shape: [sizeOf(tensor.shape)] };
}
