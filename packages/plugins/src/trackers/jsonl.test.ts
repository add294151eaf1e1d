import { expect, test } from 'vitest';
import type { RunFolder, Tracker, TrackerRecord } from '@dapo/core';
import jsonl, { recordLine } from './jsonl.js';

class MemoryFolder implements RunFolder {
  readonly path = 'run';
  readonly files = new Map<string, string>();
  append = (name: string, line: string): Promise<void> => this.write(name, (this.files.get(name) ?? '') + line);
  truncate = (name: string, bytes: number): Promise<void> => this.write(name, this.files.get(name)!.slice(0, bytes));
  size = (name: string): Promise<number> => Promise.resolve(this.files.get(name)?.length ?? 0);
  write(name: string, content: string | Uint8Array): Promise<void> {
    this.files.set(name, String(content));
    return Promise.resolve();
  }
}

const record = (step: number): TrackerRecord => ({
  kind: 'step',
  step,
  metrics: { 'reward/mean': step / 2 },
});
const tracker = (runFolder: RunFolder): Tracker => jsonl.create({ file: 'metrics.jsonl' }, { runFolder }) as Tracker;

test('every record is a whole line, in order', async () => {
  const folder = new MemoryFolder();
  await tracker(folder).track(record(1));
  await tracker(folder).track({ kind: 'end', step: 1, metrics: {}, message: 'two\nlines' });
  const lines = folder.files.get('metrics.jsonl')!.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { kind: 'step', step: 1, metrics: { 'reward/mean': 0.5 } },
    { kind: 'end', step: 1, metrics: {}, message: 'two\nlines' },
  ]);
});

test('what JSON lacks is text', () => {
  const metrics = { a: NaN, b: Infinity, c: -Infinity, d: 0 };
  expect(JSON.parse(recordLine({ kind: 'step', step: 0, metrics }))).toMatchObject({
    metrics: { a: 'NaN', b: 'Infinity', c: '-Infinity', d: 0 },
  });
});

test('a run that goes on from a checkpoint has no step twice', async () => {
  const folder = new MemoryFolder();
  const first = tracker(folder);
  await first.track(record(1));
  const saved = await first.state!();
  await first.track(record(2));
  const resumed = tracker(folder);
  await resumed.restore!(saved);
  await resumed.track(record(2));
  expect(folder.files.get('metrics.jsonl')).toBe(recordLine(record(1)) + recordLine(record(2)));
});

test('a resumed run in a new folder begins a new file', async () => {
  const folder = new MemoryFolder();
  await tracker(folder).restore!({ json: { bytes: 400 } });
  expect(folder.files.size).toBe(0);
});
