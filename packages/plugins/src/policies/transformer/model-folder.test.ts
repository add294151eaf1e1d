import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Random, tf } from '@dapo/core';
import { numberTokenizer, startWasm } from '../../../../../test/fixtures/tiny-policy.js';
import { openSafetensors } from '../../safetensors/reader.js';
import { writeSafetensors } from '../../safetensors/writer.js';
import type { Architecture } from './architecture.js';
import { loadModel, saveModel } from './model-folder.js';
import { initialParameters, type Parameters } from './parameters.js';

const architecture: Architecture = {
  family: 'qwen2',
  vocabularySize: 9,
  hiddenSize: 8,
  layers: 1,
  heads: 2,
  keyValueHeads: 1,
  headDim: 4,
  intermediateSize: 12,
  contextLength: 32,
  ropeTheta: 1e4,
  normEpsilon: 1e-6,
  tieEmbeddings: true,
};

let folder: string;
let parameters: Parameters;
beforeAll(startWasm);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dapo-model-'));
  parameters = initialParameters(architecture, new Random(1).key('initialisation'));
  await saveModel(folder, parameters, { architecture, tokenizer: numberTokenizer(9) });
});
afterEach(async () => {
  tf.dispose(parameters as Record<string, tf.Tensor>);
  await rm(folder, { recursive: true });
});

async function valuesOf(of: Parameters): Promise<Record<string, number[]>> {
  const entries = Object.entries(of).map(
    async ([name, variable]) => [name, Array.from(await variable.data())] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** Rewrites the weights with some of them left out or changed. */
async function rewrite(
  file: string,
  keep: (name: string) => boolean,
  shapeOf?: (name: string, shape: readonly number[]) => readonly number[],
): Promise<void> {
  const opened = await openSafetensors(join(folder, 'model.safetensors'));
  const kept = [...opened.tensors]
    .filter(([name]) => keep(name))
    .map(([name, { shape }]) => {
      const values = async (): Promise<Float32Array> => (await opened.read(name)) as Float32Array;
      return [name, { shape: shapeOf?.(name, shape) ?? shape, values }] as const;
    });
  await writeSafetensors(join(folder, file), new Map(kept));
  await opened.close();
}

test('a model that is saved loads equal, with the files of its tokenizer beside it', async () => {
  const before = tf.memory().numTensors;
  const loaded = await loadModel(folder);
  expect(loaded.architecture).toEqual(architecture);
  expect(await valuesOf(loaded.parameters)).toEqual(await valuesOf(parameters));
  expect(await readFile(join(folder, 'tokenizer.json'), 'utf8')).toBe('{}');
  tf.dispose(loaded.parameters as Record<string, tf.Tensor>);
  expect(tf.memory().numTensors).toBe(before);
});

test('weights in shards load by their index', async () => {
  const inFirst = (name: string): boolean => name.includes('mlp');
  await rewrite('model-00001-of-00002.safetensors', inFirst);
  await rewrite('model-00002-of-00002.safetensors', (name) => !inFirst(name));
  await rm(join(folder, 'model.safetensors'));
  const weightMap = Object.fromEntries(
    Object.keys(parameters).map((name) => [name, `model-0000${inFirst(name) ? 1 : 2}-of-00002.safetensors`]),
  );
  await writeFile(
    join(folder, 'model.safetensors.index.json'),
    JSON.stringify({ metadata: {}, weight_map: weightMap }),
  );
  const loaded = await loadModel(folder);
  expect(await valuesOf(loaded.parameters)).toEqual(await valuesOf(parameters));
  tf.dispose(loaded.parameters as Record<string, tf.Tensor>);
});

test.each<[string, () => Promise<void>, string]>([
  ['no config', () => rm(join(folder, 'config.json')), 'DAPO_MODEL_FILE_MISSING'],
  ['no weights', () => rm(join(folder, 'model.safetensors')), 'DAPO_MODEL_FILE_MISSING'],
  ['a config that is not JSON', () => writeFile(join(folder, 'config.json'), '{'), 'DAPO_MODEL_FILE_NOT_JSON'],
  ['a config that is null', () => writeFile(join(folder, 'config.json'), 'null'), 'DAPO_MODEL_FILE_NOT_JSON'],
  [
    'a parameter missing',
    () => rewrite('model.safetensors', (name) => name !== 'model.norm.weight'),
    'DAPO_MODEL_PARAMETER_MISSING',
  ],
  [
    'a parameter of another shape',
    () =>
      rewrite(
        'model.safetensors',
        () => true,
        (name, shape) => (name.endsWith('up_proj.weight') ? [...shape].reverse() : shape),
      ),
    'DAPO_MODEL_PARAMETER_SHAPE',
  ],
  [
    'weights that are no safetensors',
    () => writeFile(join(folder, 'model.safetensors'), 'PK'),
    'DAPO_SAFETENSORS_INVALID',
  ],
])('%s is refused by name, and leaves no tensor behind', async (_what, spoil, code) => {
  await spoil();
  const before = tf.memory().numTensors;
  await expect(loadModel(folder)).rejects.toMatchObject({ code });
  expect(tf.memory().numTensors).toBe(before);
});
