import { createRun, loadConfig, resolveUserConfig, DapoProblems, type Metrics, type Run } from '@dapo/core';
import shipped from '@dapo/plugins';
import { engineOptions } from '../engine.js';
import { benchManifest } from './bench-plugins.js';
import { builtInConfig } from './built-in-config.js';
import { ratesOf, timesOf } from './spread.js';
import type { StepsResult, StepsTask } from './task.js';

const peakRssMiB = (): number => process.resourceUsage().maxRSS / 1024;

/** Trains some rollout steps, writes nothing, and reads the clocks of the engine. */
export async function measureSteps(task: StepsTask): Promise<StepsResult> {
  const run = await openRun(task);
  try {
    const steps: Metrics[] = [];
    const startRssMiB = peakRssMiB();
    run.on('step:finished', ({ metrics }) => void steps.push(metrics));
    await run.train();
    return {
      ...figuresOf(steps, task.warmUp),
      responses: run.config.rollout.prompts * run.config.rollout.groupSize,
      startRssMiB,
      peakRssMiB: peakRssMiB(),
    };
  } finally {
    await run.dispose();
  }
}

/** With the engine's metrics of each step; the first `warmUp` of them don't count. */
export function figuresOf(
  steps: readonly Metrics[],
  warmUp: number,
): Omit<StepsResult, 'responses' | 'peakRssMiB' | 'startRssMiB'> {
  const tokensAt = (step: number): number => steps[step]?.['counter/generated-tokens'] ?? 0;
  const counted = steps
    .map((metrics, step) => ({ metrics, tokens: tokensAt(step) - tokensAt(step - 1) }))
    .slice(warmUp);
  const read = (name: string) => counted.map(({ metrics }) => metrics[name] ?? NaN);
  const rollout = read('time/rollout-seconds');
  const updates = read('update/count');
  return {
    updates: updates.at(-1) ?? 0,
    generatedTokens: timesOf(counted.map(({ tokens }) => tokens)).median,
    update: timesOf(read('time/update-seconds').map((seconds, step) => seconds / updates[step]!)),
    rollout: timesOf(rollout),
    tokensPerSecond: ratesOf(counted.map(({ tokens }, step) => tokens / rollout[step]!)),
    step: timesOf(read('time/step-seconds')),
  };
}

async function openRun({ source, set, warmUp, steps }: StepsTask): Promise<Run> {
  const budget = ['optimizerSteps', 'generatedTokens', 'prompts', 'minutes'].map((part) => `budget.${part}=0`);
  const overrides = [...set, ...budget, `budget.rolloutSteps=${warmUp + steps}`, 'evaluation.every=0'];
  const silent = { print: () => undefined };
  if (source.kind === 'built-in') {
    const manifests = [shipped, benchManifest(shipped.plugins.generator!['policy']!)];
    return createRun(builtInConfig(source.name, source.configuration), { manifests, set: overrides, ...silent });
  }
  const engine = engineOptions({ exec: source.exec });
  const load = (more: readonly string[]) => loadConfig({ ...engine, file: source.file, set: [...overrides, ...more] });
  const { config, problems } = await resolveUserConfig(await load([]), engine);
  if (!config) throw new DapoProblems(problems);
  // A measurement is no run: nothing of it is told to the user's trackers.
  return createRun(await load(Object.keys(config.trackers).map((key) => `trackers.${key}=false`)), {
    ...engine,
    ...silent,
  });
}
