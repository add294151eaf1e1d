import { resolve } from 'node:path';
import {
  definePlugin,
  tf,
  tokens,
  z,
  type ParameterCounts,
  type Policy,
  type Random,
  type Tokenizer,
} from '@dapo/core';
import { parameterShapes, type Architecture } from './transformer/architecture.js';
import { nothingToFreeze, vocabularyTooSmall } from './transformer/errors.js';
import { loadModel, modelFiles, readArchitecture, saveModel, type LoadedModel } from './transformer/model-folder.js';
import { initialParameters } from './transformer/parameters.js';
import { TransformerPolicy } from './transformer/policy.js';

const size = () => z.number().int().positive();

const options = z.strictObject({
  checkpoint: z
    .string()
    .optional()
    .describe("folder of a model in Hugging Face form, from the config's folder on; it overrules the sizes below"),
  family: z
    .enum(['llama', 'qwen2', 'qwen3'])
    .default('llama')
    .describe(
      'llama: the plain decoder · qwen2: biases on queries, keys and values · qwen3: norms on queries and keys',
    ),
  hiddenSize: size().default(64).describe('width of the residual stream'),
  layers: size().default(2).describe('decoder layers'),
  heads: size().default(4).describe('query heads'),
  keyValueHeads: size().optional().describe('key and value heads, a divisor of heads; by default as many'),
  headDim: size().multipleOf(2).optional().describe('width of a head; by default hiddenSize / heads'),
  intermediateSize: size()
    .optional()
    .describe('width of the feed-forward part; by default 8/3 hiddenSize, rounded up to 32'),
  contextLength: size().default(1024).describe('longest prompt and response together, in tokens'),
  tieEmbeddings: z.boolean().default(true).describe('the embedding is the output matrix as well'),
  ropeTheta: z.number().positive().default(10_000).describe('base of the rotary positions'),
  normEpsilon: z.number().positive().default(1e-6).describe('ε of the norms'),
  byteLimit: size()
    .optional()
    .describe(
      'memory in bytes that micro-batches of size auto are cut for, and generation: an estimate from shapes; by default 512 MiB on wasm, 2 GiB elsewhere',
    ),
  maxRows: size()
    .default(512)
    .describe('responses generated at a time, if byteLimit has room for them; others wait until one has ended'),
  freeze: z
    .array(z.string())
    .default([])
    .describe(
      'parameters that are not trained, by how their Hugging Face names begin: model.embed_tokens, model.layers.0.',
    ),
  recompute: z
    .union([z.boolean(), z.literal('auto')])
    .default('auto')
    .describe(
      'updates keep the inputs of the layers and compute the rest twice, on wasm; auto: where one response would keep more than byteLimit',
    ),
});

type Options = z.output<typeof options>;

function architectureOf(chosen: Options, vocabularySize: number): Architecture {
  const { family, hiddenSize, layers, heads, contextLength, ropeTheta, normEpsilon, tieEmbeddings } = chosen;
  return {
    family,
    vocabularySize,
    hiddenSize,
    layers,
    heads,
    keyValueHeads: chosen.keyValueHeads ?? heads,
    headDim: chosen.headDim ?? hiddenSize / heads,
    intermediateSize: chosen.intermediateSize ?? 32 * Math.ceil(hiddenSize / 12),
    contextLength,
    ropeTheta,
    normEpsilon,
    tieEmbeddings,
  };
}

function freshModel(chosen: Options, tokenizer: Tokenizer, random: Random): Omit<LoadedModel, 'config'> {
  const architecture = architectureOf(chosen, tokenizer.vocabularySize);
  return { architecture, parameters: initialParameters(architecture, random.key('initialisation')) };
}

/** The architecture of the checkpoint, or of a fresh model. */
async function architectureBefore(chosen: Options, folder: string, vocabularySize: number): Promise<Architecture> {
  return chosen.checkpoint
    ? (await readArchitecture(resolve(folder, chosen.checkpoint))).architecture
    : architectureOf(chosen, vocabularySize);
}

/** Whether a parameter stays as it is. */
const frozenBy =
  (freeze: readonly string[]) =>
  (name: string): boolean =>
    freeze.some((beginning) => name.startsWith(beginning));

/** @throws DapoError for a beginning of `freeze` that no parameter has */
function countParameters(architecture: Architecture, freeze: readonly string[]): ParameterCounts {
  const shapes = parameterShapes(architecture);
  const unused = freeze.findIndex((beginning) => ![...shapes.keys()].some((name) => name.startsWith(beginning)));
  if (unused >= 0) throw nothingToFreeze(unused, freeze[unused]!, [...shapes.keys()]);
  const sizes = [...shapes].map(([name, shape]) => [name, shape.reduce((a, b) => a * b, 1)] as const);
  const sum = (of: (name: string) => boolean): number =>
    sizes.reduce((total, [name, size]) => total + (of(name) ? size : 0), 0);
  const inLayers = (name: string): boolean => name.includes('.layers.');
  // A generation joins what reads the norms, and lays all of a layer out in the order in which a token reads it.
  const joined = (name: string): boolean => /\.([qkv]|gate|up)_proj\./.test(name);
  return {
    all: sum(() => true),
    trained: sum((name) => !frozenBy(freeze)(name)),
    copied: sum(inLayers) + sum(joined),
    largest: Math.max(...sizes.map(([, size]) => size)),
  };
}

/** On wasm all that a run holds shares 4 GiB; elsewhere a pass more costs more than the memory that it saves. */
const defaultByteLimit = (): number => (tf.getBackend() === 'wasm' ? 2 ** 29 : 2 ** 31);

interface Dependencies {
  readonly tokenizer: Tokenizer;
  readonly random: Random;
  readonly configFolder: string;
}

/** Loads the checkpoint, or makes a fresh model of the sizes chosen. */
async function createTransformer(chosen: Options, { tokenizer, random, configFolder }: Dependencies): Promise<Policy> {
  const model: Omit<LoadedModel, 'config'> & Partial<LoadedModel> = chosen.checkpoint
    ? await loadModel(resolve(configFolder, chosen.checkpoint))
    : freshModel(chosen, tokenizer, random);
  const { architecture, parameters, config } = model;
  if (tokenizer.vocabularySize > architecture.vocabularySize) {
    throw vocabularyTooSmall(architecture.vocabularySize, tokenizer.vocabularySize);
  }
  const frozen = frozenBy(chosen.freeze);
  for (const [name, variable] of Object.entries(parameters)) variable.trainable = !frozen(name);
  const { byteLimit = defaultByteLimit(), maxRows, recompute } = chosen;
  return new TransformerPolicy({
    architecture,
    parameters,
    byteLimit,
    maxRows,
    recompute,
    save: (folder, current) => saveModel(folder, current, { architecture, tokenizer, ...(config && { config }) }),
  });
}

export default definePlugin({
  kind: 'policy',
  name: 'transformer',
  summary: 'A decoder of the Llama family (Llama, Qwen2, Qwen3) in this process, fresh or from a Hugging Face folder.',
  source: { title: 'Llama 2: Open Foundation and Fine-Tuned Chat Models', arxiv: '2307.09288' },
  departures: 'Computes in float32 throughout; no dropout; no scaled rotary positions, no sliding window.',
  options,
  inject: { tokenizer: tokens.tokenizer, random: tokens.random, configFolder: tokens.configFolder },
  check: ({ heads, hiddenSize, keyValueHeads, headDim }) => [
    ...(heads % (keyValueHeads ?? heads) === 0
      ? []
      : [{ level: 'error' as const, path: 'keyValueHeads', message: `keyValueHeads must divide heads (${heads}).` }]),
    ...(headDim !== undefined || (hiddenSize / heads) % 2 === 0
      ? []
      : [
          {
            level: 'error' as const,
            path: 'heads',
            message: `hiddenSize / heads must be even: ${hiddenSize} / ${heads}.`,
            hint: 'Or give headDim',
          },
        ]),
  ],
  files: ({ checkpoint }, folder) => (checkpoint === undefined ? [] : modelFiles(resolve(folder, checkpoint))),
  contextLength: async ({ checkpoint, contextLength }, folder) =>
    checkpoint ? (await readArchitecture(resolve(folder, checkpoint))).architecture.contextLength : contextLength,
  parameters: async (chosen, { folder, vocabularySize }) =>
    countParameters(await architectureBefore(chosen, folder, vocabularySize), chosen.freeze),
  create: createTransformer,
});
