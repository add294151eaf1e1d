import { expect, test } from 'vitest';
import type { ExecutedRun } from '../ablation/execute.js';
import type { ReportSource } from './source.js';
import { taskBlocks } from './task-blocks.js';

/** Scores by variant, a number a seed. */
function task(scores: Readonly<Record<string, readonly number[]>>): ReportSource {
  const runs = Object.entries(scores).flatMap(([variant, ofSeeds]) =>
    ofSeeds.map((score, i): ExecutedRun => ({
      variant,
      seed: i + 1,
      folder: '',
      train: [],
      state: 'finished',
      result: { state: 'finished', steps: 1, evaluations: [], score, tokens: 1, seconds: 1, money: 0 },
    })),
  );
  const plan = {
    study: 'x',
    variants: Object.keys(scores).map((name) => ({ name, changes: [] })),
    comparisons: [],
  };
  return { kind: 'study', folder: '', facts: { plan, runs, verdicts: [] } };
}

test('several studies of the same variants are summed up as tasks, by hand', () => {
  const blocks = taskBlocks([
    task({ a: [0.1, 0.2, 0.3, 0.4], b: [0.4, 0.4, 0.4, 0.4] }),
    task({ a: [0.6, 0.6, 0.8, 0.8], b: [0.7, 0.7, 0.7, 0.7] }),
  ]);
  const [summary, profile] = blocks.filter((block) => block.kind === 'table');
  // Of a's eight scores the lowest two and the highest two are cut: (0.3 + 0.4 + 0.6 + 0.6) / 4 = 0.475.
  // b wins 3.5 of 4 on the first task and 2 of 4 on the second: (0.875 + 0.5) / 2.
  expect(summary!.rows).toEqual([
    ['a', '47.5 %', '47.5 %', '47.5 %', '52.5 %', '–'],
    ['b', '55.0 %', '55.0 %', '55.0 %', '45.0 %', '68.8 %'],
  ]);
  expect(profile!.rows[0]!.slice(0, 4)).toEqual(['a', '87.5 %', '75.0 %', '62.5 %']);
});

test('one study, or fewer than four common seeds, are not summed up', () => {
  expect(taskBlocks([task({ a: [1], b: [1] })])).toEqual([]);
  const few = task({ a: [0.1, 0.2, 0.3], b: [0.1, 0.2, 0.3] });
  expect(taskBlocks([few, few])).toMatchObject([
    { kind: 'text', text: expect.stringContaining('takes 4 seeds') as string },
  ]);
});
