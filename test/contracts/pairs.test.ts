import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
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
type Combination = readonly (readonly [path: string, name: string])[];

/** Every two choices of two paths, as texts. */
function pairsOf(combination: Combination): string[] {
  const chosen = combination.map(([path, name]) => `${path}=${name}`);
  return chosen.flatMap((a, i) => chosen.slice(i + 1).map((b) => `${a} ${b}`));
}

const everyCombination = Object.entries(choices).reduce<Combination[]>(
  (combinations, [path, names]) =>
    combinations.flatMap((combination) => names.map((name): Combination => [...combination, [path, name]])),
  [[]],
);
const everyPair = new Set(everyCombination.flatMap(pairsOf));

/** Few combinations in which every pair stands at least once: the one with most new pairs, again and again. */
function coveringCombinations(): Combination[] {
  const missing = new Set(everyPair);
  const chosen: Combination[] = [];
  while (missing.size > 0) {
    const gain = (combination: Combination): number =>
      pairsOf(combination).filter((pair) => missing.has(pair)).length;
    const best = everyCombination.reduce((a, b) => (gain(b) > gain(a) ? b : a));
    for (const pair of pairsOf(best)) missing.delete(pair);
    chosen.push(best);
  }
  return chosen;
}

/** Small, with two updates a rollout, so that ratios move and clips act; answers of both sorts. */
const small = {
  rollout: { prompts: 2, groupSize: 4, maxResponseLength: 3 },
  update: { miniBatch: 4, epochs: 1 },
  policy: { use: 'tabular', vocabularySize: 4, prompts: 4, length: 3 },
  optimizer: { use: 'adamw', learningRate: 0.2 },
  budget: { rolloutSteps: 3 },
};

describe('every pair of clip rule, aggregation, ratio level and advantage trains three steps with finite metrics', () => {
  test.each(
    coveringCombinations().map((combination) => [combination.map(([path, name]) => `${path}=${name}`)]),
  )('%j', async (set) => {
    const steps = await trainSmallWorld('grpo', set, small);
    expect(steps).toHaveLength(3);
    expect(steps.some((metrics) => metrics['update/applied']! > 0)).toBe(true);
    for (const metrics of steps) {
      for (const [name, value] of Object.entries(metrics))
        expect(Number.isFinite(value), `${name} is ${value}`).toBe(true);
    }
  });

  test('with these, no pair is left out', () => {
    expect(new Set(coveringCombinations().flatMap(pairsOf))).toEqual(everyPair);
  });
});
