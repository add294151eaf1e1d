import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { complains, type WrongInput } from './wrong-input.js';

const config = {
  architectures: ['LlamaForCausalLM'],
  vocab_size: 23,
  hidden_size: 8,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 16,
  max_position_embeddings: 64,
  tie_word_embeddings: true,
};

/** The bytes of a safetensors file: a header, and as many zeros as it needs. */
function safetensors(header: object | string, bytes = 0): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const head = new TextEncoder().encode(text);
  const file = new Uint8Array(8 + head.length + bytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(head.length), true);
  file.set(head, 8);
  return file;
}

const tensor = (dtype: string, shape: readonly number[], bytes: number) =>
  safetensors({ 'model.embed_tokens.weight': { dtype, shape, data_offsets: [0, bytes] } }, bytes);

/** Every parameter of the model, the embedding of another dtype. */
function wholeModel(dtype: string, tokens: number): Uint8Array {
  const shapes: Readonly<Record<string, readonly number[]>> = {
    'model.embed_tokens.weight': [tokens, 8],
    'model.norm.weight': [8],
    'model.layers.0.input_layernorm.weight': [8],
    'model.layers.0.post_attention_layernorm.weight': [8],
    ...Object.fromEntries(['q', 'k', 'v', 'o'].map((name) => [`model.layers.0.self_attn.${name}_proj.weight`, [8, 8]])),
    'model.layers.0.mlp.gate_proj.weight': [16, 8],
    'model.layers.0.mlp.up_proj.weight': [16, 8],
    'model.layers.0.mlp.down_proj.weight': [8, 16],
  };
  let end = 0;
  const entries = Object.entries(shapes).map(([name, shape], i) => {
    const begin = end;
    end += shape.reduce((a, b) => a * b, 1) * (i === 0 && dtype !== 'F32' ? 1 : 4);
    return [name, { dtype: i === 0 ? dtype : 'F32', shape, data_offsets: [begin, end] }];
  });
  return safetensors(Object.fromEntries(entries), end);
}

const model = (
  settings: unknown,
  weights: string | Uint8Array | undefined = tensor('F32', [23, 8], 736),
): WrongInput => ({
  config:
    'tokenizer: { use: character }\npolicy: { use: transformer, checkpoint: ./model }\nprompts: { train: { use: arithmetic, maxDigits: 1 } }',
  files: {
    ...(settings !== undefined && {
      'model/config.json': typeof settings === 'string' ? settings : JSON.stringify(settings),
    }),
    ...(weights !== undefined && { 'model/model.safetensors': weights }),
  },
});

const fresh = (options: string): WrongInput => ({
  config: `tokenizer: { use: character }\npolicy: { use: transformer, ${options} }\nprompts: { train: { use: arithmetic, maxDigits: 1 } }`,
});

/** A prompt of messages, for the tokenizer of a model's folder. */
const chat = (options: string, files: Readonly<Record<string, string>>): WrongInput => ({
  config: `tokenizer: { use: hugging-face, folder: ./model${options} }\nprompts: { train: { use: jsonl, file: ./data.jsonl } }`,
  files: {
    'data.jsonl': '{"prompt": [{"role": "system", "content": "Be brief."}], "answer": "5"}\n',
    ...files,
  },
});
const golden = fileURLToPath(new URL('../fixtures/golden/models/qwen2/', import.meta.url));
const tokenizerFiles = Object.fromEntries(
  ['tokenizer.json', 'tokenizer_config.json'].map((name) => [
    `model/${name}`,
    readFileSync(path.join(golden, name), 'utf8'),
  ]),
);

complains({
  'a tokenizer that is not there': chat('', {}),
  'an end token that is not in the vocabulary': chat(', endToken: <|im_end|>', tokenizerFiles),
  'a chat template that refuses a prompt': chat('', {
    ...tokenizerFiles,
    'model/chat_template.jinja': "{{ raise_exception('System messages are not supported') }}",
  }),
  'a model folder that is not there': { ...model(undefined), files: {} },
  'a model without config.json': model(undefined),
  'a model without weights': { ...model(config), files: { 'model/config.json': JSON.stringify(config) } },
  'a config.json that is no JSON': model('version https://git-lfs.github.com/spec/v1'),
  'a config.json that is a list': model([1]),
  'a config.json that is null': model('null'),
  'a model of another architecture': model({ ...config, architectures: ['GPT2LMHeadModel'] }),
  'a model of no architecture': model({ ...config, architectures: undefined }),
  'a model with another activation': model({ ...config, hidden_act: 'gelu' }),
  'a model that is quantized': model({ ...config, quantization_config: { bits: 4 } }),
  'a model with scaled positions': model({ ...config, rope_scaling: { rope_type: 'yarn', factor: 4 } }),
  'a model with a sliding window': model({ ...config, use_sliding_window: true }),
  'a model without a width': model({ ...config, hidden_size: undefined }),
  'a model with a width that is a text': model({ ...config, hidden_size: '8' }),
  'a model with half a layer': model({ ...config, num_hidden_layers: 0.5 }),
  'a model whose heads do not divide': model({ ...config, num_key_value_heads: 3 }),
  'weights that are empty': model(config, new Uint8Array(0)),
  'weights that are a placeholder of Git LFS': model(
    config,
    'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n',
  ),
  'weights that end too early': model(config, tensor('F32', [23, 8], 736).slice(0, 300)),
  'weights with a header that is no JSON': model(config, safetensors('{"a": nothing}')),
  'weights with a tensor twice': model(
    config,
    safetensors(
      '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
      4,
    ),
  ),
  'weights whose tensor is smaller than its shape': model(
    config,
    safetensors({ 'model.embed_tokens.weight': { dtype: 'F32', shape: [23, 8], data_offsets: [0, 4] } }, 4),
  ),
  'weights of a dtype that can not be trained': model(config, wholeModel('F8_E4M3', 23)),
  'weights of another shape': model(config, tensor('F32', [22, 8], 704)),
  'weights that lack a parameter': model(config),
  'parameters to freeze that the model does not have': fresh('freeze: [model.embed_tokens, model.layer.0.]'),
  'weights of a model with fewer tokens': model({ ...config, vocab_size: 20 }, wholeModel('F32', 20)),
});
