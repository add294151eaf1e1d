import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readRunHistory } from './run-history.js';

function folderWith(lines: readonly string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'dapo-history-'));
  writeFileSync(path.join(folder, 'metrics.jsonl'), lines.join('\n'));
  return folder;
}

const line = (kind: string, step: number, metrics: object): string => JSON.stringify({ kind, step, metrics });

test('a metric is a series over rollout steps, without what is not finite', async () => {
  const history = await readRunHistory(
    folderWith([
      line('step', 2, { a: 2, b: 'NaN' }),
      line('step', 1, { a: 1, b: 7 }),
      line('evaluation', 2, { accuracy: 0.5 }),
    ]),
  );
  expect(history?.series('a')).toEqual([
    { step: 1, value: 1 },
    { step: 2, value: 2 },
  ]);
  expect(history?.series('b')).toEqual([{ step: 1, value: 7 }]);
  expect(history?.series('accuracy')).toEqual([{ step: 2, value: 0.5 }]);
});

test('a step that was done again counts as it was done last', async () => {
  const history = await readRunHistory(folderWith([line('step', 1, { a: 1 }), line('step', 1, { a: 5 })]));
  expect(history?.series('a')).toEqual([{ step: 1, value: 5 }]);
});

test('a torn last line is passed over', async () => {
  const history = await readRunHistory(folderWith([line('step', 1, { a: 1 }), '{"kind":"step","st']));
  expect(history?.series('a')).toHaveLength(1);
});

test('a folder without metrics has no history', async () => {
  expect(await readRunHistory(mkdtempSync(path.join(tmpdir(), 'dapo-history-')))).toBeUndefined();
});
