import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRun, type UserConfig } from '@dapo/core';
import { testingManifest } from '@dapo/core/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import pluginsManifest from '../../packages/plugins/src/index.js';
import { smallWorld } from './tabular-run.js';
import { trainWith as trainWithIn, type Own } from './train-with.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'dapo-told-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const trainWith = (own: Own): ReturnType<typeof trainWithIn> => trainWithIn(folder, own);

describe('what throws is told with its own name, and when', () => {
  const prompts = (next: string): string =>
    `return { size: 4, fingerprint: 'x', next: ${next}, take: async (n) => Array.from({ length: n }, (_, i) => ({ id: String(i), input: 'a', columns: {}, visit: 0 })), state: () => ({}), restore() {} };`;
  const held = [
    'sampler=standard',
    'filters.outcomes=false',
    'prompts.heldOut=letters',
    'evaluation.every=2',
    'evaluation.k=1',
    'evaluation.problems=2',
  ];
  const throwing = (when: string): string =>
    `return { score: async (batch, { purpose, step }) => { if (${when}) throw new Error('no'); return batch.map((_, i) => i % 2); } };`;
  const cases: readonly (readonly [string, Own, string])[] = [
    [
      'a prompt source, not the sampler that asks it',
      { kind: 'prompts', at: 'prompts.train', create: prompts("async () => { throw new Error('no'); }") },
      'prompts mine threw in rollout step 1: no',
    ],
    [
      'a reward in the first evaluation',
      { kind: 'reward', at: 'rewards.answer', create: throwing("purpose === 'evaluation'"), set: held },
      'reward mine threw in the evaluation before the first rollout step: no',
    ],
    [
      'a reward in a later evaluation',
      {
        kind: 'reward',
        at: 'rewards.answer',
        create: `let n = 0; ${throwing("purpose === 'evaluation' && n++ > 0")}`,
        set: held,
      },
      'reward mine threw in the evaluation after rollout step 2: no',
    ],
    [
      'a tracker, after the step that it is told of',
      {
        kind: 'tracker',
        at: 'trackers.mine',
        create:
          "return { track: async ({ kind, step }) => { if (kind === 'step' && step === 3) throw new Error('no'); } };",
      },
      'tracker mine threw after rollout step 3: no',
    ],
    [
      'a guard after the last update',
      {
        kind: 'guard',
        at: 'guards.mine',
        create:
          "return { check: (point, { progress }) => { if (point === 'updated' && progress.rolloutStep === 3) throw new Error('no'); return 'continue'; } };",
      },
      'guard mine threw after rollout step 3: no',
    ],
    [
      'an optimizer, not the policy that calls it',
      {
        kind: 'optimizer',
        at: 'optimizer',
        create: "return { learningRate: 0.1, settings: {}, apply() { throw new Error('no'); } };",
      },
      'optimizer mine threw in rollout step 1: no',
    ],
  ];
  test.each(cases)('%s', async (_what, own, sentence) => {
    const { error } = await trainWith(own);
    expect(error?.message.split('\n')[0]).toBe(sentence);
    expect(error).toMatchObject({ path: own.at });
  });
});

test('a tracker writes into the folder of the run only', async () => {
  const run = await createRun({ extends: 'dapo', ...smallWorld } as unknown as UserConfig, {
    manifests: [testingManifest, pluginsManifest],
    set: ['trackers.table.use=csv', 'trackers.table.file=../outside.csv'],
    folder: path.join(folder, 'run'),
    print: () => undefined,
  });
  await expect(run.train()).rejects.toMatchObject({ code: 'DAPO_RUN_FILE_OUTSIDE', path: 'trackers.table' });
  await run.dispose();
  expect(existsSync(path.join(folder, 'outside.csv'))).toBe(false);
});

test('a weight that is NaN where the mask is 0 changes nothing', async () => {
  const { error, steps } = await trainWith({
    kind: 'aggregation',
    at: 'aggregation',
    create: 'return { weights: ({ mask }) => tf.mul(tf.div(mask, tf.sum(mask, 1, true)), 1 / mask.shape[0]) };',
    set: ['filters.cut.use=overlong', 'rewards.length=false', 'rollout.maxResponseLength=3'],
  });
  expect(error).toBeUndefined();
  expect(steps.map((metrics) => metrics['update/applied'])).toEqual([1, 1, 1]);
  expect(steps.every((metrics) => Number.isFinite(metrics['update/loss']))).toBe(true);
});
