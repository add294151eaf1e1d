import {
  definePlugin,
  type GuardAnswer,
  type GuardPoint,
  type PluginManifest,
  type TrackerRecord,
  type UserConfig,
  createRun,
} from '@dapo/core';
import { testingManifest } from '@dapo/core/testing';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import pluginsManifest from '../../packages/plugins/src/index.js';
import { smallWorld } from './tabular-run.js';

/** Runs the small world with a guard that answers what it is told, and gives what the trackers and the run said. */
async function guarded(answer: (point: GuardPoint, step: number, asked: number) => GuardAnswer, folder?: string) {
  let asked = 0;
  const records: TrackerRecord[] = [];
  const guard = definePlugin({
    kind: 'guard',
    name: 'told',
    create: () => ({
      check: (point, { progress }) => answer(point, progress.rolloutStep, (asked += 1)),
    }),
  });
  const tracker = definePlugin({
    kind: 'tracker',
    name: 'listed',
    create: () => ({ track: (record) => void records.push(record) }),
  });
  const manifest: PluginManifest = {
    name: 'test',
    version: '0.0.0',
    plugins: {
      guard: { told: async () => ({ default: guard }) },
      tracker: { listed: async () => ({ default: tracker }) },
    },
  };
  const config = {
    extends: 'dapo',
    ...smallWorld,
    prompts: { train: { use: 'letters' }, heldOut: { use: 'letters' } },
    evaluation: { every: 1, k: 1 },
    checkpoints: { every: 1 },
    guards: { told: { use: 'told' } },
    trackers: { console: false, jsonl: false, listed: { use: 'listed' } },
  } as unknown as UserConfig;
  const run = await createRun(config, {
    manifests: [testingManifest, pluginsManifest, manifest],
    folder,
    print: () => undefined,
  });
  const summary = await run.train();
  await run.dispose();
  return { summary, records, steps: records.filter(({ kind }) => kind === 'step') };
}

const temporary = (): string => join(mkdtempSync(join(tmpdir(), 'dapo-roll-back-')), 'run');

test('a roll-back goes on from the checkpoint with other random numbers', async () => {
  let back = false;
  const { summary, steps } = await guarded((point, step) => {
    if (back || point !== 'updated' || step !== 2) return 'continue';
    back = true;
    return { action: 'roll-back', reason: 'test' };
  }, temporary());
  expect(summary.reason).toBe('budget');
  expect(steps.map(({ step }) => step)).toEqual([1, 2, 2, 3]);
  const [first, second] = steps.filter(({ step }) => step === 2);
  expect(second!.metrics['update/gradient-norm']).not.toBe(first!.metrics['update/gradient-norm']);
});

test('a guard that always sends the run back ends it after three times', async () => {
  const { summary, records } = await guarded(
    (point) => (point === 'updated' ? { action: 'roll-back', reason: 'again' } : 'continue'),
    temporary(),
  );
  expect(summary).toMatchObject({ reason: 'guard', message: 'guards.told: again (after 3 roll-backs)' });
  expect(records.filter(({ kind }) => kind === 'guard')).toHaveLength(4);
});

test('without a checkpoint to go back to, a roll-back ends the run instead of starting over', async () => {
  const { summary, steps } = await guarded((point, step) =>
    point === 'updated' && step === 2 ? { action: 'roll-back', reason: 'x' } : 'continue',
  );
  expect(summary.reason).toBe('guard');
  expect(steps.map(({ step }) => step)).toEqual([1, 2]);
});

test('a stop at the first evaluation ends the run as any other stop does', async () => {
  const { summary, records } = await guarded((point) =>
    point === 'evaluated' ? { action: 'stop', reason: 'good enough' } : 'continue',
  );
  expect(summary).toMatchObject({ reason: 'guard', message: 'guards.told: good enough', steps: 0 });
  expect(records.at(-1)!.kind).toBe('end');
});
