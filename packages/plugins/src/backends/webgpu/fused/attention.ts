import type { tf } from '@dapo/core';
import { sizeOf, type Tensors } from '../../kernels/tensors.js';
import type { Shader, Shaders } from '../shaders.js';

/** Of a layer's heads. */
export interface HeadSizes {
  readonly keyHeads: number;
  readonly group: number;
  readonly headDim: number;
}

/**
 * Where things lie in a packed pass: prompts, then the rows that see them. A query sees the tokens of its row's prompt and
 * of its own sequence up to itself; a token of a prompt is seen by the rest of it and by all tokens of its rows.
 */
const PLACES = `
  fn sequenceOf(token : i32) -> i32 {
    var low = 0;
    var high = uniforms.sequences;
    while (high - low > 1) { let middle = (low + high) / 2; if (offsets[middle] <= token) { low = middle; } else { high = middle; } }
    return low;
  }
  fn promptOf(sequence : i32) -> i32 {
    let r = sequence - uniforms.prompts;
    var low = 0;
    var high = uniforms.prompts;
    while (high - low > 1) { let middle = (low + high) / 2; if (starts[middle] <= r) { low = middle; } else { high = middle; } }
    return low;
  }
  // Tokens that a query sees: those of a prompt, x to y; its own, z to w.
  fn seenBy(query : i32) -> vec4<i32> {
    let sequence = sequenceOf(query);
    let own = vec2<i32>(offsets[sequence], query + 1);
    if (sequence < uniforms.prompts) { return vec4<i32>(0, 0, own); }
    let prompt = promptOf(sequence);
    return vec4<i32>(offsets[prompt], offsets[prompt + 1], own);
  }
  // Queries that see a token: of its own sequence, x to y; of the rows of a prompt, z to w.
  fn seeing(token : i32) -> vec4<i32> {
    let sequence = sequenceOf(token);
    let own = vec2<i32>(token, offsets[sequence + 1]);
    if (sequence >= uniforms.prompts) { return vec4<i32>(own, 0, 0); }
    let first = uniforms.prompts + starts[sequence];
    let last = uniforms.prompts + starts[sequence + 1];
    return vec4<i32>(own, offsets[first], offsets[last]);
  }`;

/** Causal attention over packed projections, with a prompt that rows share: one invocation for a head of a token. */
export function attentionKernels(shaders: Shaders): Record<string, tf.KernelFunc> {
  const attend: tf.KernelFunc = (params) => {
    const { x, offsets, starts } = params.inputs as unknown as Tensors<'x' | 'offsets' | 'starts'>;
    const sizes = params.attrs as unknown as HeadSizes;
    const heads = sizes.keyHeads * sizes.group;
    const tokens = x.shape[0]!;
    const common = shaderOver(sizes, { offsets, starts });
    const stats = shaders.each(
      {
        ...common('attend-stats', { x }),
        shape: [tokens, heads, 2],
        code: `
          ${OF_QUERY}
          var high = -3.402823e38;
          var sum = 0.0;
          ${eachOf(
            'seen',
            'key',
            `
            let s = score(queryAt, keyAt(key, head));
            let higher = max(high, s);
            sum = sum * exp(high - higher) + exp(s - higher);
            high = higher;`,
          )}
          result[i * 2] = high;
          result[i * 2 + 1] = sum;`,
      },
      tokens * heads,
    );
    const out = shaders.each(
      {
        ...common('attend', { x, stats }),
        shape: [tokens, heads * sizes.headDim],
        code: `
          ${OF_QUERY}
          var mixed : array<f32, HEAD>;
          ${eachOf(
            'seen',
            'key',
            `
            let at = keyAt(key, head);
            let weight = exp(score(queryAt, at) - stats[i * 2]) / stats[i * 2 + 1];
            for (var d = 0; d < HEAD; d++) { mixed[d] += weight * x[at + HEAD + d]; }`,
          )}
          for (var d = 0; d < HEAD; d++) { result[i * HEAD + d] = mixed[d]; }`,
      },
      tokens * heads,
    );
    return [out, stats];
  };

  const attendBackward: tf.KernelFunc = (params) => {
    const { x, offsets, starts, stats, dy } = params.inputs as unknown as Tensors<
      'x' | 'offsets' | 'starts' | 'stats' | 'dy'
    >;
    const sizes = params.attrs as unknown as HeadSizes;
    const tokens = x.shape[0]!;
    const common = shaderOver(sizes, { offsets, starts });
    // Σ of weight · slope of the weight: what the softmax takes off each.
    const along = shaders.each({
      ...common('attend-along', { x, stats, dy }),
      shape: [tokens, sizes.keyHeads * sizes.group],
      code: `
        ${OF_QUERY}
        var sum = 0.0;
        ${eachOf(
          'seen',
          'key',
          `
          let at = keyAt(key, head);
          sum += exp(score(queryAt, at) - stats[i * 2]) / stats[i * 2 + 1] * slope(i, at);`,
        )}
        result[i] = sum;`,
    });
    return shaders.each(
      {
        ...common('attend-backward', { x, stats, dy, along }),
        shape: x.shape,
        code: `
          let parts = GROUP_OF + 2;
          let part = i % parts;
          let head = (i / parts) % KEY_HEADS;
          let token = i / (parts * KEY_HEADS);
          var gradient : array<f32, HEAD>;
          if (part < GROUP_OF) {
            let query = token * HEADS + head * GROUP_OF + part;
            let queryAt = i * HEAD;
            let seen = seenBy(token);
            ${eachOf(
              'seen',
              'key',
              `
              let at = keyAt(key, head);
              let change = exp(score(queryAt, at) - stats[query * 2]) / stats[query * 2 + 1] * (slope(query, at) - along[query]);
              for (var d = 0; d < HEAD; d++) { gradient[d] += change * x[at + d]; }`,
            )}
          } else {
            let at = keyAt(token, head);
            let seen = seeing(token);
            ${eachOf(
              'seen',
              'other',
              `
              for (var g = 0; g < GROUP_OF; g++) {
                let query = other * HEADS + head * GROUP_OF + g;
                let queryAt = (other * KEY_HEADS * parts + head * parts + g) * HEAD;
                let weight = exp(score(queryAt, at) - stats[query * 2]) / stats[query * 2 + 1];
                if (part == GROUP_OF) {
                  let change = weight * (slope(query, at) - along[query]);
                  for (var d = 0; d < HEAD; d++) { gradient[d] += change * x[queryAt + d]; }
                } else {
                  for (var d = 0; d < HEAD; d++) { gradient[d] += weight * dy[query * HEAD + d]; }
                }
              }`,
            )}
          }
          for (var d = 0; d < HEAD; d++) { result[i * HEAD + d] = gradient[d]; }`,
      },
      tokens * sizes.keyHeads * (sizes.group + 2),
    );
  };

  return { DapoAttend: attend, DapoAttendBackward: attendBackward };
}

/** The query `i`, a head of a token, and what it sees. */
const OF_QUERY = `
  let token = i / HEADS;
  let head = (i % HEADS) / GROUP_OF;
  let queryAt = (token * KEY_HEADS * (GROUP_OF + 2) + head * (GROUP_OF + 2) + i % GROUP_OF) * HEAD;
  let seen = seenBy(token);`;

/** Goes over two stretches of tokens, one after the other. */
function eachOf(stretches: string, name: string, body: string): string {
  const [a, b] = [`${stretches}.y - ${stretches}.x`, `${stretches}.w - ${stretches}.z`];
  return `
    for (var n = 0; n < ${a} + ${b}; n++) {
      var ${name} = ${stretches}.x + n;
      if (n >= ${a}) { ${name} = ${stretches}.z + n - (${a}); }
      ${body}
    }`;
}

/** What all shaders here have in common, for one form of heads: a source each, since the width of a head is in it. */
function shaderOver({ keyHeads, group, headDim }: HeadSizes, { offsets, starts }: Tensors<'offsets' | 'starts'>) {
  return (name: string, inputs: Shader['inputs']): Pick<Shader, 'name' | 'inputs' | 'integers' | 'functions'> => ({
    name: `${name}-${keyHeads}-${group}-${headDim}`,
    inputs: { ...inputs, offsets, starts },
    integers: { sequences: sizeOf(offsets.shape) - 1, prompts: sizeOf(starts.shape) - 1 },
    functions: `
      const HEAD = ${headDim};
      const KEY_HEADS = ${keyHeads};
      const GROUP_OF = ${group};
      const HEADS = ${keyHeads * group};
      ${PLACES}
      fn keyAt(token : i32, head : i32) -> i32 { return (token * KEY_HEADS * (GROUP_OF + 2) + head * (GROUP_OF + 2) + GROUP_OF) * HEAD; }
      fn score(queryAt : i32, at : i32) -> f32 {
        var sum = 0.0;
        for (var d = 0; d < HEAD; d++) { sum += x[queryAt + d] * x[at + d]; }
        return sum;
      }
      ${'dy' in inputs ? SLOPE : ''}`,
  });
}

/** Of a query's weight on a key: its dy · the key's value. */
const SLOPE = `
  fn slope(query : i32, at : i32) -> f32 {
    var sum = 0.0;
    for (var d = 0; d < HEAD; d++) { sum += dy[query * HEAD + d] * x[at + HEAD + d]; }
    return sum;
  }`;
