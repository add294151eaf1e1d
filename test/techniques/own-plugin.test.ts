import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRun, tf, type Metrics, type Run, type UserConfig } from '@dapo/core';
import { testingManifest } from '@dapo/core/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import pluginsManifest from '../../packages/plugins/src/index.js';
import { smallWorld } from './tabular-run.js';

/** A guard of the user's own that does all that a plugin may do, and writes down what it was given. */
const witness = `import { definePlugin, tf, tokens } from '@dapo/core';

export default definePlugin({
  kind: 'guard',
  name: 'witness',
  metrics: {
    steps: { over: 'step', reduce: 'mean', unit: 'steps', meaning: 'steps that it has seen, over all resumes' },
    drawn: { over: 'step', reduce: 'mean', unit: '1', meaning: 'a number drawn' },
  },
  inject: {
    policy: tokens.policy, tokenizer: tokens.tokenizer, random: tokens.random, logger: tokens.logger,
    runFolder: tokens.runFolder, events: tokens.events, metrics: tokens.metrics,
  },
  create: async (_, { policy, tokenizer, random, logger, runFolder, events, metrics }) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    let steps = 0;
    let groups = 0;
    const held = tf.tidy(() => tf.variable(tf.zeros([2])));
    events.on('rollout:finished', (rollout) => { groups += rollout.groups.length; });
    return {
      async check(point) {
        if (point !== 'updated') return 'continue';
        steps += 1;
        tf.tidy(() => held.assign(tf.add(held, 1)));
        metrics.record('steps', steps);
        metrics.record('drawn', random.key('witness').at(steps).uniform(0));
        logger.warn('step ' + steps + ' of ' + policy.traits.vocabularySize + ' letters, ' + tokenizer.vocabularySize + ' tokens');
        await runFolder.append('witness.txt', steps + ' ' + groups + '\\n');
        return 'continue';
      },
      state: async () => ({ json: { steps, groups }, tensors: { held: { shape: [2], values: Float32Array.from(await held.data()) } } }),
      restore: ({ json, tensors }) => {
        ({ steps, groups } = json);
        tf.tidy(() => held.assign(tf.tensor1d(tensors.held.values)));
        globalThis.restored = [...tensors.held.values];
      },
      async dispose() {
        await Promise.resolve();
        held.dispose();
        globalThis.disposed = (globalThis.disposed ?? 0) + 1;
      },
    };
  },
});
`;

const seen = globalThis as { disposed?: number; restored?: number[] };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dapo-own-'));
  writeFileSync(path.join(folder, 'witness.ts'), witness);
  delete seen.disposed;
  delete seen.restored;
});
afterEach(() => rmSync(folder, { recursive: true }));

async function open(rolloutSteps: number, printed: string[] = []): Promise<Run> {
  const config = {
    extends: 'dapo',
    ...smallWorld,
    budget: { rolloutSteps },
    guards: { witness: './witness.ts' },
  };
  return createRun(config as unknown as UserConfig, {
    manifests: [testingManifest, pluginsManifest],
    cwd: folder,
    folder: path.join(folder, 'run'),
    resume: true,
    print: (line) => void printed.push(line),
  });
}

async function train(rolloutSteps: number, printed: string[] = []): Promise<Metrics[]> {
  const run = await open(rolloutSteps, printed);
  const steps: Metrics[] = [];
  run.on('step:finished', ({ metrics }) => void steps.push(metrics));
  await run.train();
  await run.dispose();
  return steps;
}

test('a plugin is made asynchronously, is given what it asks for, listens, records and writes', async () => {
  const printed: string[] = [];
  const steps = await train(2, printed);
  expect(steps.map((metrics) => metrics['guards/witness/steps'])).toEqual([1, 2]);
  for (const metrics of steps) expect(metrics['guards/witness/drawn']).toBeGreaterThan(0);
  expect(steps[0]!['guards/witness/drawn']).not.toBe(steps[1]!['guards/witness/drawn']);
  expect(printed).toEqual(
    expect.arrayContaining([
      'warning: guards.witness: step 1 of 4 letters, 4 tokens',
      'warning: guards.witness: step 2 of 4 letters, 4 tokens',
    ]),
  );
  expect(readFileSync(path.join(folder, 'run/witness.txt'), 'utf8')).toBe('1 4\n2 8\n');
});

test('what it keeps is in the checkpoint, numbers and tensors, and a resumed run hands it back', async () => {
  const whole = await train(4);
  rmSync(path.join(folder, 'run'), { recursive: true });
  const before = await train(2);
  expect(seen.restored).toBeUndefined();
  const after = await train(4);
  expect(seen.restored).toEqual([2, 2]);
  const drawn = (steps: readonly Metrics[]): unknown[] =>
    steps.map((metrics) => [metrics['guards/witness/steps'], metrics['guards/witness/drawn']]);
  expect(drawn([...before, ...after])).toEqual(drawn(whole));
  expect(readFileSync(path.join(folder, 'run/witness.txt'), 'utf8')).toBe('1 4\n2 8\n3 12\n4 16\n');
});

test('it is disposed of once with its run, and no tensor is left', async () => {
  await train(1);
  rmSync(path.join(folder, 'run'), { recursive: true });
  const before = tf.memory().numTensors;
  delete seen.disposed;
  await train(2);
  expect(seen.disposed).toBe(1);
  expect(tf.memory().numTensors).toBe(before);
});

test('it is disposed of, too, where another plugin can not be made', async () => {
  const broken = `import { definePlugin } from '@dapo/core';
export default definePlugin({ kind: 'tracker', name: 'broken', create: async () => { throw new Error('no server'); } });\n`;
  writeFileSync(path.join(folder, 'broken.ts'), broken);
  const config = {
    extends: 'dapo',
    ...smallWorld,
    guards: { witness: './witness.ts' },
    trackers: { console: false, jsonl: false, mine: './broken.ts' },
  };
  const made = createRun(config as unknown as UserConfig, {
    manifests: [testingManifest, pluginsManifest],
    cwd: folder,
    print: () => undefined,
  });
  await expect(made).rejects.toMatchObject({ code: 'DAPO_PLUGIN_THREW' });
  expect(seen.disposed).toBe(1);
  expect(existsSync(path.join(folder, 'run'))).toBe(false);
});
