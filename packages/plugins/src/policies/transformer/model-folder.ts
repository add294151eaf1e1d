import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tokenizer } from '@dapo/core';
import { openSafetensors, type SafetensorsFile } from '../../safetensors/reader.js';
import { writeSafetensors } from '../../safetensors/writer.js';
import { parameterShapes, type Architecture } from './architecture.js';
import { modelConfigNotJson, modelFileMissing, parameterMissing, parameterShape } from './errors.js';
import { readModelConfig, writeModelConfig, type ModelConfig } from './hugging-face-config.js';
import { parametersFrom, type Parameters } from './parameters.js';

const CONFIG = 'config.json';
const WEIGHTS = 'model.safetensors';

/** A model as it stands in a folder. */
export interface LoadedModel {
  readonly architecture: Architecture;
  readonly parameters: Parameters;
  /** Its config.json. */
  readonly config: ModelConfig;
}

/** Reads config.json and model.safetensors of a folder in Hugging Face form. */
export async function loadModel(folder: string): Promise<LoadedModel> {
  const config = await readConfig(join(folder, CONFIG));
  const architecture = readModelConfig(config, join(folder, CONFIG));
  const file = await openWeights(join(folder, WEIGHTS));
  try {
    checkShapes(architecture, file);
    const values = new Map<string, Float32Array>();
    for (const name of parameterShapes(architecture).keys()) values.set(name, Float32Array.from(await file.read(name), Number));
    return { architecture, parameters: parametersFrom(architecture, (name) => values.get(name)!), config };
  } finally {
    await file.close();
  }
}

/** Writes a folder that `loadModel`, transformers and vLLM read. */
export async function saveModel(
  folder: string,
  parameters: Parameters,
  { architecture, tokenizer, config }: { readonly architecture: Architecture; readonly tokenizer: Tokenizer; readonly config?: ModelConfig },
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

async function readConfig(path: string): Promise<ModelConfig> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw modelFileMissing(path, cause);
  }
  try {
    return JSON.parse(text) as ModelConfig;
  } catch (cause) {
    throw modelConfigNotJson(path, cause);
  }
}

async function openWeights(path: string): Promise<SafetensorsFile> {
  try {
    return await openSafetensors(path);
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ENOENT') throw modelFileMissing(path, cause);
    throw cause;
  }
}

function checkShapes(architecture: Architecture, { file, tensors }: SafetensorsFile): void {
  for (const [name, shape] of parameterShapes(architecture)) {
    const found = tensors.get(name);
    if (!found) throw parameterMissing(file, name);
    if (found.shape.join() !== shape.join()) throw parameterShape(file, name, found.shape, shape);
  }
}
