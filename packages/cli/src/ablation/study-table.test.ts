import pc from 'picocolors';
import { expect, test } from 'vitest';
import { studyTable, type LiveRun } from './study-table.js';

const plain = pc.createColors(false);
const run = (variant: string, seed: number, more: Partial<LiveRun>): LiveRun => ({
  variant,
  seed,
  state: 'waiting',
  step: 0,
  used: 0,
  ...more,
});
const runs = [
  run('grpo', 1, { state: 'finished', score: 0.612 }),
  run('+ clip-higher', 1, { state: 'running', step: 12, used: 0.37, accuracy: 0.431, secondsLeft: 80 }),
  run('grpo', 2, { state: 'failed' }),
  run('+ clip-higher', 2, {}),
];

test('a line a variant, a cell a seed, then what runs and how long all of it takes', () => {
  expect(studyTable(runs, 125, 80, plain).split('\n')).toEqual(
    [
      '               seed 1  seed 2',
      'grpo           61.2 %  FAILED',
      '+ clip-higher   37 %…       ·',
      '▸ + clip-higher, seed 1: step 12, accuracy 43.1 %, 37 % of its budget, about 1m20s left',
      '1 of 4 runs are done, 1 failed; about 2m05s left',
    ].map((line) => line.slice(0, 79)),
  );
});

test('on a narrow terminal no line is longer than it, and the seeds that are at work stay in sight', () => {
  const many = Array.from({ length: 20 }, (_, i) =>
    run('grpo', i + 1, { state: i < 12 ? 'finished' : 'waiting', score: 0.5 }),
  );
  const lines = studyTable(many, undefined, 50, plain).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(50);
  expect(lines[0]).toContain('seed 13');
  expect(lines[0]).not.toContain('seed 1 ');
});

test('a run that a guard ended is marked, one that was stopped is said to be saved', () => {
  const text = studyTable(
    [run('a', 1, { state: 'guard', score: 0.4 }), run('b', 1, { state: 'stopped' })],
    undefined,
    80,
    plain,
  );
  expect(text).toMatch(/^a +40\.0 %!$/m);
  expect(text).toMatch(/^b +saved$/m);
});
