import { existsSync, readdirSync } from 'node:fs';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDapoError, type Tokenizer } from '@dapo/core';
import { openSafetensors, type SafetensorsFile } from '../../safetensors/reader.js';
import { writeSafetensors } from '../../safetensors/writer.js';
import { parameterShapes, type Architecture } from './architecture.js';
import { modelFileMissing, modelFileNotJson, parameterMissing, parameterShape } from './errors.js';
import { readModelConfig, writeModelConfig, type ModelConfig } from './hugging-face-config.js';
import { readParameters, type Parameters } from './parameters.js';

const CONFIG = 'config.json';
const WEIGHTS = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/** A model as it stands in a folder. */
export interface LoadedModel {
  readonly architecture: Architecture;
  readonly parameters: Parameters;
  /** Its config.json. */
  readonly config: ModelConfig;
}

/** Reads what the config.json of a folder says of the model. */
export async function readArchitecture(
  folder: string,
): Promise<{ readonly architecture: Architecture; readonly config: ModelConfig }> {
  const config = (await readJson(join(folder, CONFIG))) as ModelConfig;
  return { architecture: readModelConfig(config, join(folder, CONFIG)), config };
}

/** The files of a folder that a model is read from: config.json, and the weights in one file or in shards. */
export function modelFiles(folder: string): string[] {
  const shards = existsSync(folder)
    ? readdirSync(folder).filter((name) => /\.safetensors(\.index\.json)?$/.test(name))
    : [];
  const weights = shards.includes(WEIGHTS) || shards.length === 0 ? [WEIGHTS] : shards.sort();
  return [CONFIG, ...weights].map((name) => join(folder, name));
}

/** Reads config.json and the weights of a folder in Hugging Face form. */
export async function loadModel(folder: string): Promise<LoadedModel> {
  const { architecture, config } = await readArchitecture(folder);
  const weights = await openWeights(folder);
  try {
    checkShapes(architecture, weights);
    return {
      architecture,
      parameters: await readParameters(architecture, (name) => readFloats(weights, name)),
      config,
    };
  } finally {
    await weights.close();
  }
}

/** Writes a folder that `loadModel`, transformers and vLLM read. */
export async function saveModel(
  folder: string,
  parameters: Parameters,
  {
    architecture,
    tokenizer,
    config,
  }: { readonly architecture: Architecture; readonly tokenizer: Tokenizer; readonly config?: ModelConfig },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const written = Object.entries(parameters).map(([name, variable]) => {
    return [name, { shape: variable.shape, values: async () => (await variable.data()) as Float32Array }] as const;
  });
  await writeSafetensors(join(folder, WEIGHTS), new Map(written), { format: 'pt' });
  const json = writeModelConfig(architecture, tokenizer.endToken, config);
  await writeFile(join(folder, CONFIG), `${JSON.stringify(json, null, 2)}\n`);
  for (const [name, content] of Object.entries(tokenizer.files())) await writeFile(join(folder, name), content);
}

async function readJson(path: string): Promise<object> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw modelFileMissing(path, cause);
  }
  const value = parseJson(path, text);
  if (typeof value !== 'object' || value === null) throw modelFileNotJson(path, text.slice(0, 40));
  return value;
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw modelFileNotJson(path, text.slice(0, 40));
  }
}

/** The weights of a folder: one file, or the shards that an index lists. */
interface Weights {
  /** The file that says which tensors there are. */
  readonly file: string;
  /** Name of a tensor → the open file that has it. */
  readonly files: ReadonlyMap<string, SafetensorsFile>;
  close(): Promise<void>;
}

async function openWeights(folder: string): Promise<Weights> {
  const single = join(folder, WEIGHTS);
  const index = join(folder, INDEX);
  const sharded = !(await exists(single)) && (await exists(index));
  const names = sharded ? shardNames((await readJson(index)) as ShardIndex) : [WEIGHTS];
  const opened: SafetensorsFile[] = [];
  const close = async (): Promise<void> => {
    for (const file of opened) await file.close();
  };
  try {
    for (const name of names) opened.push(await openFile(join(folder, name)));
  } catch (error) {
    await close();
    throw error;
  }
  const files = new Map(opened.flatMap((file) => [...file.tensors.keys()].map((name) => [name, file] as const)));
  return { file: sharded ? index : single, files, close };
}

interface ShardIndex {
  readonly weight_map: Readonly<Record<string, string>>;
}

function shardNames(index: ShardIndex): string[] {
  return [...new Set(Object.values(index.weight_map))].sort();
}

async function openFile(path: string): Promise<SafetensorsFile> {
  try {
    return await openSafetensors(path);
  } catch (cause) {
    if (isDapoError(cause)) throw cause;
    throw modelFileMissing(path, cause);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function readFloats({ files }: Weights, name: string): Promise<Float32Array> {
  const values = await files.get(name)!.read(name);
  return values instanceof Float32Array ? values : Float32Array.from(values, Number);
}

function checkShapes(architecture: Architecture, { file, files }: Weights): void {
  for (const [name, shape] of parameterShapes(architecture)) {
    const found = files.get(name);
    if (!found) throw parameterMissing(file, name);
    const actual = found.tensors.get(name)!.shape;
    if (actual.join() !== shape.join()) throw parameterShape(found.file, name, actual, shape);
  }
}
