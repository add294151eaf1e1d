import type { Json } from '@dapo/core';
import { families, type Architecture, type Family } from './architecture.js';
import { invalidModelSetting, unknownArchitecture, unsupportedModelSetting } from './errors.js';

/** A config.json, parsed. */
export type ModelConfig = Readonly<Record<string, Json>>;

const DEFAULT_ROPE_THETA = 10_000;
const DEFAULT_NORM_EPSILON = 1e-6;

/**
 * Reads the config.json of a Hugging Face model.
 *
 * @param file for messages
 * @throws DapoError where the decoder can't compute the model
 */
export function readModelConfig(config: ModelConfig, file: string): Architecture {
  const family = familyOf(config, file);
  refuseUnsupported(config, file);
  const whole = (name: string, fallback?: number): number => wholeNumber(config, file, name, fallback);
  const heads = whole('num_attention_heads');
  const hiddenSize = whole('hidden_size');
  const architecture: Architecture = {
    family,
    vocabularySize: whole('vocab_size'),
    hiddenSize,
    layers: whole('num_hidden_layers'),
    heads,
    keyValueHeads: whole('num_key_value_heads', heads),
    headDim: whole('head_dim', hiddenSize / heads),
    intermediateSize: whole('intermediate_size'),
    contextLength: whole('max_position_embeddings'),
    ropeTheta: ropeThetaOf(config, file),
    normEpsilon: positiveNumber(config['rms_norm_eps'] ?? DEFAULT_NORM_EPSILON, file, 'rms_norm_eps'),
    tieEmbeddings: config['tie_word_embeddings'] === true,
  };
  const { keyValueHeads, headDim } = architecture;
  if (heads % keyValueHeads !== 0) {
    throw invalidModelSetting(file, 'num_key_value_heads', keyValueHeads, `a divisor of ${heads} attention heads`);
  }
  if (headDim % 2 !== 0) throw invalidModelSetting(file, 'head_dim', headDim, 'an even number');
  return architecture;
}

/** The config.json that Hugging Face's transformers and vLLM read; further settings of `original` stay as they are. */
export function writeModelConfig(
  architecture: Architecture,
  endToken: number,
  original: ModelConfig = {},
): ModelConfig {
  return {
    ...original,
    eos_token_id: withEnd(original['eos_token_id'], endToken),
    architectures: [families[architecture.family].architecture],
    model_type: architecture.family,
    vocab_size: architecture.vocabularySize,
    hidden_size: architecture.hiddenSize,
    num_hidden_layers: architecture.layers,
    num_attention_heads: architecture.heads,
    num_key_value_heads: architecture.keyValueHeads,
    head_dim: architecture.headDim,
    intermediate_size: architecture.intermediateSize,
    max_position_embeddings: architecture.contextLength,
    rope_theta: architecture.ropeTheta,
    rope_parameters: { rope_theta: architecture.ropeTheta, rope_type: 'default' },
    rms_norm_eps: architecture.normEpsilon,
    tie_word_embeddings: architecture.tieEmbeddings,
    hidden_act: 'silu',
    attention_bias: false,
    mlp_bias: false,
    attention_dropout: 0,
    use_sliding_window: false,
    dtype: 'float32',
    torch_dtype: 'float32',
  };
}

function familyOf(config: ModelConfig, file: string): Family {
  const { architectures } = config;
  const named = Array.isArray(architectures) ? (architectures as Json[]) : [];
  const found = Object.entries(families).find(
    ([, { architecture }]) => named.length === 1 && named[0] === architecture,
  );
  if (!found) throw unknownArchitecture(file, architectures);
  return found[0] as Family;
}

/** The tokens that end a response, the one that was trained to end it among them. */
function withEnd(known: Json | undefined, endToken: number): Json {
  const ends = known === undefined || known === null ? [] : [known].flat();
  if (ends.includes(endToken)) return known!;
  return ends.length === 0 ? endToken : [endToken, ...ends];
}

function refuseUnsupported(config: ModelConfig, file: string): void {
  const refuseUnless = (ok: boolean, path: string, expected: string): void => {
    if (!ok) throw unsupportedModelSetting(file, path, config[path], expected);
  };
  refuseUnless((config['hidden_act'] ?? 'silu') === 'silu', 'hidden_act', '"silu"');
  refuseUnless(!config['attention_bias'], 'attention_bias', 'false');
  refuseUnless(!config['mlp_bias'], 'mlp_bias', 'false');
  refuseUnless(config['quantization_config'] === undefined, 'quantization_config', 'weights that are not quantized');
  const layerTypes = config['layer_types'] as readonly Json[] | null | undefined;
  refuseUnless(
    (layerTypes ?? []).every((type) => type === 'full_attention'),
    'layer_types',
    '"full_attention" in every layer',
  );
  // Without layer_types a window is in use where the flag says so; families without the flag use none.
  refuseUnless(
    config['use_sliding_window'] !== true || (layerTypes !== undefined && layerTypes !== null),
    'use_sliding_window',
    'false',
  );
}

/** θ stands in rope_parameters (transformers 5) or beside rope_scaling (before). */
function ropeThetaOf(config: ModelConfig, file: string): number {
  const theta = config['rope_theta'];
  for (const path of ['rope_parameters', 'rope_scaling']) {
    const settings = config[path];
    if (settings === undefined || settings === null) continue;
    const { rope_type: type, type: oldType, rope_theta: inner } = settings as ModelConfig;
    if ((type ?? oldType ?? 'default') !== 'default') {
      throw unsupportedModelSetting(file, path, settings, 'rope_type "default": positions without scaling');
    }
    if (inner !== undefined) return positiveNumber(inner, file, `${path}.rope_theta`);
  }
  return positiveNumber(theta ?? DEFAULT_ROPE_THETA, file, 'rope_theta');
}

function wholeNumber(config: ModelConfig, file: string, name: string, fallback?: number): number {
  const value = config[name] ?? fallback;
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  throw invalidModelSetting(file, name, value, 'a whole number above 0');
}

function positiveNumber(value: Json, file: string, name: string): number {
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return value;
  throw invalidModelSetting(file, name, value, 'a number above 0');
}
