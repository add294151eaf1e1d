import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { describeChange } from './config-diff.js';
import { describeBase, planStudy, type Plan } from './plan.js';
import { readStudy } from './read-study.js';
import type { Grid } from './study.js';

const config = {
  extends: 'dapo',
  prompts: { train: 'arithmetic', heldOut: { use: 'arithmetic', split: 'heldOut' } },
  policy: { use: 'transformer', hiddenSize: 16, layers: 1, heads: 2 },
  rewards: { length: { cache: 6 } },
  loss: { clip: { high: 0.3 } },
};
let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dapo-plan-'));
  file = write('dapo.config.json', config);
});

function write(name: string, content: unknown): string {
  const place = path.join(folder, name);
  writeFileSync(place, JSON.stringify(content));
  return place;
}

async function plan(study: string, options: { grid?: Grid; set?: string[]; from?: string } = {}): Promise<Plan> {
  const { grid, set = [], from = file } = options;
  return planStudy(readStudy(study, await describeBase(from, set), grid), from, set);
}

const changesOf = ({ variants }: Plan): [string, string[]][] =>
  variants.map(({ name, step, changes }) => [name, (step ?? changes).map(describeChange)]);

describe('the ladder', () => {
  const steps = [
    ['grpo', []],
    ['+ overlong filter', ['filters.overlong: none → overlong']],
    ['+ clip-higher', ['loss.clip: clip → clip-higher']],
    ['+ soft overlong, no filter', ['rewards.length: none → soft-overlong', 'filters.overlong: overlong → none']],
    ['+ token-level loss', ['aggregation: sequence → token']],
    ['+ dynamic sampling', ['sampler: standard → dynamic', 'filters.outcomes: none → mixed-outcomes']],
  ];

  test('is the steps of the paper, each one change, and ends at the config as it is', async () => {
    const ladder = await plan('ladder');
    expect(changesOf(ladder).map(([name, changes]) => [name, [...changes].sort()])).toEqual(
      steps.map(([name, changes]) => [name, [...(changes as string[])].sort()]),
    );
    const last = ladder.variants.at(-1)!.config;
    expect(last.loss.parts['clip']!.options['high']).toBe(0.3);
    expect(last.rewards['length']!.options['cache']).toBe(6);
  });

  test('compares each step with the baseline and with the step before, once where they are the same', async () => {
    const { comparisons } = await plan('ladder');
    expect(comparisons.filter(({ kind }) => kind === 'baseline')).toHaveLength(5);
    expect(comparisons.filter(({ kind }) => kind === 'step')).toHaveLength(4);
    expect(comparisons).toContainEqual({ variant: '+ clip-higher', against: '+ overlong filter', kind: 'step' });
  });

  test('is the same over a config that begins at grpo', async () => {
    const other = write('grpo.config.json', { ...config, extends: 'grpo', rewards: {}, loss: {} });
    expect(changesOf(await plan('ladder', { from: other })).map(([name]) => name)).toEqual(steps.map(([name]) => name));
  });
});

test('leave-one-out takes each technique out of the recipe', async () => {
  expect(changesOf(await plan('leave-one-out'))).toEqual([
    ['dapo', []],
    ['without clip-higher', ['loss.clip: clip-higher → clip']],
    ['without soft-overlong', ['rewards.length: soft-overlong → none']],
    ['without token-level', ['aggregation: token → sequence']],
    ['without dynamic-sampling', expect.arrayContaining(['sampler: dynamic → standard']) as string[]],
  ]);
});

test('one-at-a-time adds each technique alone to the baseline', async () => {
  const { variants, comparisons } = await plan('one-at-a-time');
  expect(variants.map(({ name }) => name)).toEqual([
    'grpo',
    'only overlong-filter',
    'only clip-higher',
    'only soft-overlong',
    'only token-level',
    'only dynamic-sampling',
  ]);
  expect(comparisons).toHaveLength(5);
  expect(variants[2]!.changes.map(describeChange)).toEqual(['loss.clip: clip → clip-higher']);
});

test('a grid is every combination, plugins and numbers alike; the cell of the config itself is its baseline', async () => {
  const { variants } = await plan('grid', {
    grid: { 'loss.clip.high': [0.3, 0.4], aggregation: ['token', 'sequence'] },
  });
  expect(variants.map(({ name }) => name)).toEqual([
    'config',
    'clip.high=0.3, aggregation=sequence',
    'clip.high=0.4, aggregation=token',
    'clip.high=0.4, aggregation=sequence',
  ]);
  expect(variants[3]!.changes.map(describeChange).sort()).toEqual([
    'aggregation: token → sequence',
    'loss.clip.high: 0.3 → 0.4',
  ]);
});

test('a list of one’s own is compared with the config, or with its own baseline', async () => {
  const variants = [{ name: 'slow', set: ['optimizer.learningRate=0.0001'] }];
  const list = write('slow.json', { kind: 'list', variants });
  expect((await plan(list)).variants.map(({ name }) => name)).toEqual(['config', 'slow']);
  const baseline = { name: 'fast', set: ['optimizer.learningRate=0.01'] };
  const { study, variants: planned } = await plan(write('rates.json', { kind: 'list', baseline, variants }));
  expect(study).toBe('rates');
  expect(planned[1]!.changes.map(describeChange)).toEqual(['optimizer.learningRate: 0.01 → 0.0001']);
});

test('a log under another name may stand beside metrics.jsonl, and what the refusal of it alone advises is taken', async () => {
  const log = 'trackers.log={ use: jsonl, file: log.jsonl }';
  expect((await plan('ladder', { set: [log] })).variants).toHaveLength(6);
  const advised = 'trackers.jsonl={ use: jsonl, file: metrics.jsonl }';
  for (const before of ['trackers.jsonl=false', 'trackers.jsonl.file=log.jsonl'])
    expect((await plan('ladder', { set: [before, advised] })).variants).toHaveLength(6);
});

describe('refuses', () => {
  test('a variant that changes nothing', async () => {
    const list = write('same.json', { kind: 'list', variants: [{ name: 'same', set: ['aggregation=token'] }] });
    await expect(plan(list)).rejects.toThrow('The variant «same» changes nothing: its config is that of «config».');
  });

  test('a clip rule that can not act, with the reason', async () => {
    const set = ['update.miniBatch=64', 'rollout.prompts=8', 'rollout.groupSize=8'];
    await expect(plan('ladder', { set })).rejects.toThrow(
      /«\+ clip-higher» would train exactly as «\+ overlong filter» does: with one update per rollout/,
    );
  });

  test('a study that there is not, with the nearest', async () => {
    await expect(plan('lader')).rejects.toThrow(/no study «lader»[\s\S]*nearest: {2}ladder/);
  });

  test('a file that holds no study, with the place', async () => {
    await expect(plan(write('bad.json', { kind: 'list', variants: [{ name: 'x', set: ['y'] }] }))).rejects.toThrow(
      /variants\.0\.set\.0 has a value that does not fit\.\n {2}where: .*bad\.json:1:\d+/,
    );
  });

  test('runs that would never be measured', async () => {
    await expect(plan('ladder', { set: ['evaluation.every=0'] })).rejects.toThrow(/«grpo» is never evaluated/);
  });

  test.each(['trackers.jsonl=false', 'trackers.jsonl.file=log.jsonl'])(
    'runs that would not write metrics.jsonl: %s',
    async (override) => {
      await expect(plan('ladder', { set: [override] })).rejects.toThrow(/«grpo» writes no metrics\.jsonl/);
    },
  );

  test('two variants that would share a folder', async () => {
    const list = write('names.json', {
      kind: 'list',
      variants: [
        { name: 'a b', set: ['aggregation=sequence'] },
        { name: 'a+b', set: ['loss.clip=clip'] },
      ],
    });
    await expect(plan(list)).rejects.toThrow('Two variants are called «a+b».');
  });
});
