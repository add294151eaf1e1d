import { createRun, type Events, type Metrics, type Run, type UserConfig } from '@dapo/core';
import { testingManifest } from '@dapo/core/testing';
import pluginsManifest from '../../packages/plugins/src/index.js';

/** A whole run on a policy of one table: the smallest world in which every technique can act. */
export const smallWorld = {
  seed: 1,
  backend: { use: process.env['GOLDEN_BACKEND'] ?? 'cpu' },
  tokenizer: { use: 'letters', vocabularySize: 4 },
  policy: { use: 'tabular', vocabularySize: 4, prompts: 4, length: 6 },
  prompts: { train: { use: 'letters' } },
  rewards: { answer: 'exact-answer' },
  rollout: { prompts: 4, groupSize: 8, maxResponseLength: 6 },
  update: { miniBatch: 8, epochs: 2 },
  optimizer: { use: 'adamw', learningRate: 0.2 },
  schedule: { use: 'constant', warmUp: 0 },
  trackers: { console: false, jsonl: false },
  budget: { rolloutSteps: 3 },
};

/** Opens a run of the small world. `set` are overrides as on the command line; without a folder it writes nothing. */
export async function openRun(
  preset: string,
  set: readonly string[] = [],
  extra: object = {},
  folder?: string,
): Promise<Run> {
  return createRun({ extends: preset, ...smallWorld, ...extra } as unknown as UserConfig, {
    manifests: [testingManifest, pluginsManifest],
    set,
    folder,
    print: () => undefined,
  });
}

/** Trains a run of the small world and gives the metrics of its steps. */
export async function trainSmallWorld(
  preset: string,
  set: readonly string[] = [],
  extra: object = {},
): Promise<Metrics[]> {
  const run = await openRun(preset, set, extra);
  const steps: Metrics[] = [];
  run.on('step:finished', ({ metrics }: Events['step:finished']) => void steps.push(metrics));
  await run.train();
  await run.dispose();
  return steps;
}

/** Metrics without what may differ between equal runs. */
export function comparable(steps: readonly Metrics[]): Metrics[] {
  return steps.map((metrics) =>
    Object.fromEntries(Object.entries(metrics).filter(([name]) => !name.startsWith('time/'))),
  );
}
