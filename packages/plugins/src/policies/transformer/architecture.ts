/** Decoder families that a Hugging Face config can name, and what tells them apart. */
export const families = {
  llama: { architecture: 'LlamaForCausalLM', biases: false, queryKeyNorm: false },
  qwen2: { architecture: 'Qwen2ForCausalLM', biases: true, queryKeyNorm: false },
  qwen3: { architecture: 'Qwen3ForCausalLM', biases: false, queryKeyNorm: true },
} as const;

export type Family = keyof typeof families;

/** The shape of a decoder. */
export interface Architecture {
  readonly family: Family;
  readonly vocabularySize: number;
  /** Width of the residual stream (D). */
  readonly hiddenSize: number;
  readonly layers: number;
  /** Query heads. */
  readonly heads: number;
  /** Key and value heads; each serves heads / keyValueHeads query heads. */
  readonly keyValueHeads: number;
  /** Width of one head; need not be hiddenSize / heads. */
  readonly headDim: number;
  /** Width of the feed-forward part. */
  readonly intermediateSize: number;
  /** Prompt and response together, in tokens. */
  readonly contextLength: number;
  readonly ropeTheta: number;
  readonly normEpsilon: number;
  /** The embedding is the output matrix as well. */
  readonly tieEmbeddings: boolean;
}

/** Hugging Face's name of a parameter of a layer: `model.layers.0.self_attn.q_proj.weight`. */
export function layerParameter(layer: number, name: string): string {
  return `model.layers.${layer}.${name}`;
}

export const EMBEDDING = 'model.embed_tokens.weight';
export const FINAL_NORM = 'model.norm.weight';
export const OUTPUT = 'lm_head.weight';

/** Name of the matrix [V, D] that gives the logits. */
export function outputParameter({ tieEmbeddings }: Architecture): string {
  return tieEmbeddings ? EMBEDDING : OUTPUT;
}

/** Hugging Face name → shape of every parameter, in the order of the decoder. Matrices are [out, in]. */
export function parameterShapes(architecture: Architecture): ReadonlyMap<string, readonly number[]> {
  const { vocabularySize, hiddenSize, layers, tieEmbeddings } = architecture;
  const shapes = new Map<string, readonly number[]>([[EMBEDDING, [vocabularySize, hiddenSize]]]);
  for (let layer = 0; layer < layers; layer++) {
    for (const [name, shape] of layerShapes(architecture)) shapes.set(layerParameter(layer, name), shape);
  }
  shapes.set(FINAL_NORM, [hiddenSize]);
  if (!tieEmbeddings) shapes.set(OUTPUT, [vocabularySize, hiddenSize]);
  return shapes;
}

function layerShapes(architecture: Architecture): readonly (readonly [string, readonly number[]])[] {
  const { family, hiddenSize: width, heads, keyValueHeads, headDim, intermediateSize } = architecture;
  const { biases, queryKeyNorm } = families[family];
  const [queries, keys] = [heads * headDim, keyValueHeads * headDim];
  return [
    ['input_layernorm.weight', [width]],
    ['self_attn.q_proj.weight', [queries, width]],
    ['self_attn.k_proj.weight', [keys, width]],
    ['self_attn.v_proj.weight', [keys, width]],
    ...(biases
      ? ([
          ['self_attn.q_proj.bias', [queries]],
          ['self_attn.k_proj.bias', [keys]],
          ['self_attn.v_proj.bias', [keys]],
        ] as const)
      : []),
    ...(queryKeyNorm
      ? ([
          ['self_attn.q_norm.weight', [headDim]],
          ['self_attn.k_norm.weight', [headDim]],
        ] as const)
      : []),
    ['self_attn.o_proj.weight', [width, queries]],
    ['post_attention_layernorm.weight', [width]],
    ['mlp.gate_proj.weight', [intermediateSize, width]],
    ['mlp.up_proj.weight', [intermediateSize, width]],
    ['mlp.down_proj.weight', [width, intermediateSize]],
  ];
}
