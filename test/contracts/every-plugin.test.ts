import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { kinds, type Kind } from '@dapo/core';
import {
  cpuBackend,
  describeContract,
  testingManifest,
  type AnyPlugin,
  type ContractSettings,
} from '@dapo/core/testing';
import { afterAll, expect, test } from 'vitest';
import pluginsManifest from '../../packages/plugins/src/index.js';
import tensorflow from '../../packages/plugins/src/backends/tensorflow.js';
import wasm from '../../packages/plugins/src/backends/wasm.js';
import webgpu from '../../packages/plugins/src/backends/webgpu.js';
import k3 from '../../packages/plugins/src/losses/kl-terms/k3.js';
import { judgeOf, localService, scoresOf } from '../fixtures/local-service.js';

const folder = mkdtempSync(path.join(tmpdir(), 'dapo-contracts-'));
afterAll(() => rmSync(folder, { recursive: true }));
const rows = Array.from({ length: 7 }, (_, i) => ({ prompt: `${i}+${i}=`, answer: String(2 * i) }));
writeFileSync(path.join(folder, 'rows.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
writeFileSync(
  path.join(folder, 'rows.csv'),
  ['prompt,answer', ...rows.map(({ prompt, answer }) => `${prompt},${answer}`)].join('\n'),
);

writeFileSync(
  path.join(folder, 'length.ts'),
  `import type { RewardItem } from '@dapo/core';
export default async ({ response }: RewardItem) => -response.tokens.length;
export const judge = ({ prompt, response }: RewardItem) =>
  prompt.reference === undefined ? null : { reward: 1, correct: response.text === prompt.reference };`,
);

/** What scores and judges in the place of a service. */
const scorer = await localService(scoresOf);
const judge = await localService(judgeOf);
process.env['OPENAI_BASE_URL'] = judge.url;
afterAll(() => Promise.all([scorer.close(), judge.close()]));

const onWebGpu = process.env['GOLDEN_BACKEND'] === 'webgpu';
const tiny = { hiddenSize: 8, layers: 1, heads: 2, intermediateSize: 12, contextLength: 16 };

/** Beside its defaults, what a plugin is tried with: options that it can't do without, and those that change what it does. */
const settings: Readonly<Record<string, readonly ContractSettings[]>> = {
  'advantage batch-norm': [
    {},
    { options: { over: 'responses' } },
    { options: { baseline: 'group' } },
    { options: { gamma: 0.9 } },
  ],
  'advantage group-norm': [
    {},
    { options: { ddof: 0 } },
    { options: { scale: 'batch' } },
    { options: { scale: 'none' } },
  ],
  'advantage pass-at-k': [{}, { options: { norm: false } }],
  'aggregation sequence': [{}, { options: { count: 'all' } }],
  'aggregation token-per-group': [{}, { options: { count: 'all' } }],
  'correction masked-importance': [{}, { options: { level: 'sequence' } }],
  'correction truncated-importance': [{}, { options: { level: 'sequence' } }, { options: { batchNormalize: true } }],
  'filter high-entropy': [{}, { options: { share: 0.5 } }],
  'filter masked-importance': [{}, { options: { level: 'sequence' } }],
  'filter top-k-responses': [{ options: { keep: 2 } }, { options: { keep: 2, by: 'score', others: 'mask' } }],
  'kl-term abs': [{}, { options: { timesRatio: true } }],
  'kl-term k1': [{}, { options: { straightThrough: true } }],
  'kl-term k3': [{}, { options: { straightThrough: true, timesRatio: true } }],
  'loss clip-cov': [{ options: { share: 0.3, least: -50, most: 50 } }],
  'loss kl-cov': [{ options: { share: 0.3 } }],
  'loss policy-gradient': [{}, { options: { entropyBonus: 0.1, klCoefficient: 0.1 }, parts: { kl: k3 } }],
  'optimizer adamw': [{}, { options: { weightDecay: 0.1, decay: 'all' } }],
  'policy transformer': [
    { options: { ...tiny, family: 'qwen3', heads: 4, headDim: 2, keyValueHeads: 2, tieEmbeddings: false } },
    // On a GPU in software each takes more than a minute.
    ...(onWebGpu ? [] : [{ options: tiny }]),
  ],
  'prompts arithmetic': [{ options: { maxDigits: 1 } }],
  'prompts countdown': [{ options: { count: 20 } }],
  'prompts csv': [{ options: { file: 'rows.csv' }, deps: { configFolder: folder } }],
  'prompts jsonl': [{ options: { file: 'rows.jsonl' }, deps: { configFolder: folder } }],
  'reward exact-answer': [{}, { options: { extract: '[ab]+' } }],
  'reward function': [
    { options: { path: path.join(folder, 'length.ts') } },
    { options: { path: path.join(folder, 'length.ts'), export: 'judge', judges: true } },
  ],
  'reward http': [{ options: { url: scorer.url } }, { options: { url: scorer.url, batch: 3, columns: ['level'] } }],
  'reward judge': [{ options: { model: 'judge', rubric: 'Is it right?' } }],
  'reward regex-format': [{ options: { pattern: '^a+$' } }],
  'sampler dynamic': [
    {},
    { options: { surplus: 'carry' } },
    { options: { onExhaustion: 'keep-zero' } },
    { options: { onExhaustion: 'error' } },
  ],
  'schedule constant': [{}, { options: { warmUp: 20 } }],
  'schedule cosine': [{}, { options: { warmUp: 4, warmUpUnit: 'rollout-steps', minimum: 0.1 } }],
  'schedule linear': [{}, { options: { warmUp: 4, warmUpUnit: 'rollout-steps' } }],
  'signal reference': [{}, { options: { every: 1, mix: 0.5 } }],
  'tracker webhook': [{ options: { url: 'http://127.0.0.1:1', retries: 0 } }],
  'tokenizer hugging-face': [{ options: { folder: path.resolve('test/fixtures/golden/models/qwen2') } }],
};

const everyPlugin = await Promise.all(
  [testingManifest, pluginsManifest].flatMap(({ plugins }) =>
    Object.values(plugins).flatMap((ofKind) =>
      Object.values(ofKind).map(async (load) => (await load()).default as AnyPlugin),
    ),
  ),
);

/** The backends of this machine, what is missing is told; or the one named by GOLDEN_BACKEND, for suites of its own. */
async function backendsAtHand(): Promise<AnyPlugin<'backend'>[]> {
  if (onWebGpu) return [webgpu];
  const available = await (await tensorflow.create({}, {})).available();
  if (available.ok) return [cpuBackend, wasm, tensorflow];
  console.log(`the contracts are not tried on tensorflow: ${available.reason}`);
  return [cpuBackend, wasm];
}
const backends = await backendsAtHand();

test('every kind of plugin is among them', () => {
  expect(new Set(everyPlugin.map(({ kind }) => kind as Kind))).toEqual(new Set(Object.keys(kinds)));
});

test('settings are those of plugins that there are', () => {
  const labels = everyPlugin.map(({ kind, name }) => `${kind as Kind} ${name}`);
  expect(Object.keys(settings).filter((label) => !labels.includes(label))).toEqual([]);
});

for (const plugin of everyPlugin) {
  for (const given of settings[`${plugin.kind as Kind} ${plugin.name}`] ?? [{}]) {
    describeContract(plugin, { ...given, backends: plugin.kind === 'backend' ? [cpuBackend] : backends });
  }
}
