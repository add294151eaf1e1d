import { expect, test } from 'vitest';
import { MemoryFolder } from '../../../../test/fixtures/memory-folder.js';
import type { Tracker, TrackerRecord } from '@dapo/core';
import csv, { headerRow, recordRow } from './csv.js';

const tracker = (runFolder: MemoryFolder): Tracker =>
  csv.create(csv.options!.parse({ metrics: ['reward/mean', 'evaluation/accuracy'] }), { runFolder }) as Tracker;
const step = (n: number): TrackerRecord => ({ kind: 'step', step: n, metrics: { 'reward/mean': n / 2, other: 1 } });
const header = 'step,kind,reward/mean,evaluation/accuracy\n';

test('one row a record that has any of the metrics', async () => {
  const folder = new MemoryFolder();
  const writer = tracker(folder);
  await writer.track(step(1));
  await writer.track({ kind: 'evaluation', step: 1, metrics: { 'evaluation/accuracy': 0.5 } });
  await writer.track({ kind: 'end', step: 1, metrics: {}, message: 'budget' });
  expect(folder.text('metrics.csv')).toBe(`${header}1,step,0.5,\n1,evaluation,,0.5\n`);
});

test('cells are quoted where they have to be, and numbers that are none are words', () => {
  expect(headerRow(['a,b', 'c "d"'])).toBe('step,kind,"a,b","c ""d"""\n');
  expect(recordRow({ kind: 'step', step: 0, metrics: { a: NaN, b: -Infinity } }, ['a', 'b'])).toBe(
    '0,step,NaN,-Infinity\n',
  );
});

test('a run that goes on has no row twice, and one that begins again begins a new table', async () => {
  const folder = new MemoryFolder();
  const first = tracker(folder);
  await first.track(step(1));
  const saved = await first.state!();
  await first.track(step(2));
  const resumed = tracker(folder);
  await resumed.restore!(saved);
  await resumed.track(step(2));
  expect(folder.text('metrics.csv')).toBe(`${header}1,step,0.5,\n2,step,1,\n`);

  await tracker(folder).track(step(1));
  expect(folder.text('metrics.csv')).toBe(`${header}1,step,0.5,\n`);
});

test('a run that goes on in a new folder begins a table there', async () => {
  const folder = new MemoryFolder();
  const resumed = tracker(folder);
  await resumed.restore!({ json: { bytes: 99 } });
  await resumed.track(step(4));
  expect(folder.text('metrics.csv')).toBe(`${header}4,step,2,\n`);
});
