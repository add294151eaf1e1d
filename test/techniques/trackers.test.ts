import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { trainInterrupted } from './interrupted-run.js';
import { smallWorld } from './tabular-run.js';

const EVENTS = 'tensorboard/events.out.tfevents.dapo';

test('the files of a run that was interrupted hold every step once, as those of one that was not', async () => {
  const config = {
    extends: 'grpo',
    ...smallWorld,
    prompts: { train: { use: 'letters' }, heldOut: { use: 'letters' } },
    evaluation: { every: 2, k: 4 },
    checkpoints: { every: 2 },
    budget: { rolloutSteps: 5 },
    trackers: {
      console: false,
      tensorboard: 'tensorboard',
      csv: { use: 'csv', metrics: ['reward/mean', 'evaluation/accuracy'] },
    },
  };
  await trainInterrupted(config, 3, async (whole, resumed) => {
    const [one, other] = await Promise.all(
      [whole, resumed].map((folder) => readFile(join(folder, 'metrics.csv'), 'utf8')),
    );
    expect(
      one!
        .trimEnd()
        .split('\n')
        .map((row) => row.split(',').slice(0, 2).join(' ')),
    ).toEqual([
      'step kind',
      '0 evaluation',
      '1 step',
      '2 step',
      '2 evaluation',
      '3 step',
      '4 step',
      '4 evaluation',
      '5 step',
      '5 evaluation',
    ]);
    expect(other).toBe(one);
    const sizes = await Promise.all(
      [whole, resumed].map(async (folder) => (await readFile(join(folder, EVENTS))).length),
    );
    expect(sizes[0]).toBeGreaterThan(1000);
    expect(sizes[1]).toBe(sizes[0]);
  });
});
