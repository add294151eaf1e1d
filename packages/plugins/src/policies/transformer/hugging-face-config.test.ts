import { expect, test } from 'vitest';
import { readModelConfig, writeModelConfig, type ModelConfig } from './hugging-face-config.js';

const FILE = 'model/config.json';

const llama: ModelConfig = {
  architectures: ['LlamaForCausalLM'],
  vocab_size: 512,
  hidden_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  intermediate_size: 160,
  max_position_embeddings: 512,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: false,
};

test('sizes of a config, and what it leaves out', () => {
  expect(readModelConfig(llama, FILE)).toEqual({
    family: 'llama',
    vocabularySize: 512,
    hiddenSize: 64,
    layers: 2,
    heads: 4,
    keyValueHeads: 2,
    headDim: 16,
    intermediateSize: 160,
    contextLength: 512,
    ropeTheta: 10_000,
    normEpsilon: 1e-5,
    tieEmbeddings: false,
  });
  expect(readModelConfig({ ...llama, num_key_value_heads: null }, FILE).keyValueHeads).toBe(4);
});

test.each<[string, ModelConfig, number]>([
  ['rope_theta', { rope_theta: 5e5 }, 5e5],
  ['rope_parameters', { rope_parameters: { rope_theta: 1e6, rope_type: 'default' } }, 1e6],
  ['rope_theta beside an empty rope_scaling', { rope_theta: 3e4, rope_scaling: null }, 3e4],
])('θ from %s', (_where, settings, theta) => {
  expect(readModelConfig({ ...llama, ...settings }, FILE).ropeTheta).toBe(theta);
});

test('a window that is not in use is no window', () => {
  const config = {
    ...llama,
    architectures: ['Qwen2ForCausalLM'],
    use_sliding_window: false,
    sliding_window: 4096,
    layer_types: ['full_attention'],
  };
  expect(readModelConfig(config, FILE).family).toBe('qwen2');
});

test.each<[string, ModelConfig, string, string]>([
  ['another architecture', { architectures: ['MixtralForCausalLM'] }, 'DAPO_MODEL_ARCHITECTURE', 'architectures'],
  ['no architecture', { architectures: null }, 'DAPO_MODEL_ARCHITECTURE', 'architectures'],
  [
    'scaled rope',
    { rope_scaling: { rope_type: 'llama3', factor: 8 } },
    'DAPO_MODEL_UNSUPPORTED_SETTING',
    'rope_scaling',
  ],
  [
    'scaled rope, old name',
    { rope_scaling: { type: 'linear', factor: 2 } },
    'DAPO_MODEL_UNSUPPORTED_SETTING',
    'rope_scaling',
  ],
  [
    'scaled rope, new place',
    { rope_parameters: { rope_type: 'yarn', rope_theta: 1e6 } },
    'DAPO_MODEL_UNSUPPORTED_SETTING',
    'rope_parameters',
  ],
  [
    'a window in some layers',
    { layer_types: ['full_attention', 'sliding_attention'] },
    'DAPO_MODEL_UNSUPPORTED_SETTING',
    'layer_types',
  ],
  [
    'a window in layers that are not named',
    { use_sliding_window: true, layer_types: null },
    'DAPO_MODEL_UNSUPPORTED_SETTING',
    'use_sliding_window',
  ],
  [
    'a window in all layers',
    { use_sliding_window: true, sliding_window: 4096 },
    'DAPO_MODEL_UNSUPPORTED_SETTING',
    'use_sliding_window',
  ],
  ['another activation', { hidden_act: 'gelu' }, 'DAPO_MODEL_UNSUPPORTED_SETTING', 'hidden_act'],
  ['biases of attention', { attention_bias: true }, 'DAPO_MODEL_UNSUPPORTED_SETTING', 'attention_bias'],
  ['biases of the feed-forward part', { mlp_bias: true }, 'DAPO_MODEL_UNSUPPORTED_SETTING', 'mlp_bias'],
  ['quantized weights', { quantization_config: { bits: 4 } }, 'DAPO_MODEL_UNSUPPORTED_SETTING', 'quantization_config'],
  ['a size that is no number', { hidden_size: '64' }, 'DAPO_MODEL_INVALID_SETTING', 'hidden_size'],
  ['no layers', { num_hidden_layers: 0 }, 'DAPO_MODEL_INVALID_SETTING', 'num_hidden_layers'],
  ['key heads that do not divide', { num_key_value_heads: 3 }, 'DAPO_MODEL_INVALID_SETTING', 'num_key_value_heads'],
  ['an odd head', { head_dim: 15 }, 'DAPO_MODEL_INVALID_SETTING', 'head_dim'],
  ['a head of no whole width', { hidden_size: 66 }, 'DAPO_MODEL_INVALID_SETTING', 'head_dim'],
  ['no ε', { rms_norm_eps: 0 }, 'DAPO_MODEL_INVALID_SETTING', 'rms_norm_eps'],
])('%s is refused', (_what, settings, code, path) => {
  expect(() => readModelConfig({ ...llama, ...settings }, FILE)).toThrow(
    expect.objectContaining({ code, path, location: { file: FILE } }) as Error,
  );
});

test('what is written is read again, further settings of the original with it', () => {
  const architecture = readModelConfig({ ...llama, head_dim: 24, rope_theta: 5e5 }, FILE);
  const written = writeModelConfig(architecture, 7, { bos_token_id: 3, eos_token_id: [1, 2], torch_dtype: 'bfloat16' });
  expect(readModelConfig(written, FILE)).toEqual(architecture);
  expect(written).toMatchObject({
    bos_token_id: 3,
    eos_token_id: [7, 1, 2],
    torch_dtype: 'float32',
    model_type: 'llama',
  });
  expect(writeModelConfig(architecture, 7)).toMatchObject({ eos_token_id: 7 });
  expect(writeModelConfig(architecture, 7, { eos_token_id: null })).toMatchObject({ eos_token_id: 7 });
  expect(writeModelConfig(architecture, 7, { eos_token_id: [2, 7] })).toMatchObject({ eos_token_id: [2, 7] });
});
