import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { trainSmallWorld } from '../techniques/tabular-run.js';

const source = fileURLToPath(new URL('../../packages/plugins/src', import.meta.url));
const namesIn = (folder: string): string[] =>
  readdirSync(`${source}/${folder}`).flatMap((file) => (/^[^.]+\.ts$/.test(file) ? [file.slice(0, -3)] : []));

/** Path of the config → the plugins that may stand there. */
const choices = {
  'loss.clip': namesIn('losses/clip-rules'),
  aggregation: namesIn('aggregations'),
  'loss.ratio': namesIn('losses/ratio-levels'),
  advantage: namesIn('advantages'),
};
export type Combination = readonly (readonly [path: string, name: string])[];

/** Every two choices of two paths, as texts. */
export function pairsOf(combination: Combination): string[] {
  const chosen = combination.map(([path, name]) => `${path}=${name}`);
  return chosen.flatMap((a, i) => chosen.slice(i + 1).map((b) => `${a} ${b}`));
}

export const everyCombination = Object.entries(choices).reduce<Combination[]>(
  (combinations, [path, names]) =>
    combinations.flatMap((combination) => names.map((name): Combination => [...combination, [path, name]])),
  [[]],
);
export const everyPair = new Set(everyCombination.flatMap(pairsOf));

/** Small, with two updates a rollout, so that ratios move and clips act; answers of both sorts. */
const small = {
  rollout: { prompts: 2, groupSize: 4, maxResponseLength: 3 },
  update: { miniBatch: 4, epochs: 1 },
  policy: { use: 'tabular', vocabularySize: 4, prompts: 4, length: 3 },
  optimizer: { use: 'adamw', learningRate: 0.2 },
  budget: { rolloutSteps: 3 },
};

/** As on the command line: `loss.clip=cispo`. */
export const settingsOf = (combination: Combination): string[] => combination.map(([path, name]) => `${path}=${name}`);

/** Trains three steps, and expects every metric of them to be finite. */
export async function expectToTrain(set: readonly string[]): Promise<void> {
  const steps = await trainSmallWorld('grpo', set, small);
  expect(steps).toHaveLength(3);
  expect(steps.some((metrics) => metrics['update/applied']! > 0)).toBe(true);
  for (const metrics of steps) {
    for (const [name, value] of Object.entries(metrics))
      expect(Number.isFinite(value), `${name} is ${value}`).toBe(true);
  }
}
