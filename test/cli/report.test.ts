import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { dapo, temporaryFolder, tinyConfig } from './dapo-process.js';

const folder = temporaryFolder({ 'dapo.config.ts': tinyConfig });
const read = (...parts: string[]): string => readFileSync(path.join(folder, ...parts), 'utf8');

beforeAll(async () => {
  await dapo(['train', '--quiet', '--out', 'runs/first'], { cwd: folder });
  await dapo(['train', '--quiet', '--out', 'runs/again', '--seed', '2'], { cwd: folder });
  await dapo(['train', '--quiet', '--out', 'runs/other', '--set', 'loss.clip=clip'], { cwd: folder });
});

test('runs side by side: a page, Markdown with its figures, CSV; what differs in the seed alone is one variant', async () => {
  const { code, stdout } = await dapo(
    ['report', 'runs/first', 'runs/again', 'runs/other', '--out', 'page', '--title', 'Mine'],
    { cwd: folder },
  );
  expect(code).toBe(0);
  expect(stdout).toBe(
    `Reported 3 runs:\n${['report.html', 'report.md', 'runs.csv', 'differences.csv', 'curves.csv'].map((name) => `  page/${name}\n`).join('')}`,
  );
  expect(read('page/report.html')).toContain('<h1>Mine</h1>');
  const markdown = read('page/report.md');
  expect(markdown).toContain('| other | loss.clip: clip-higher → clip |');
  expect(markdown).toContain('No recommendation: 1 seed can support no claim. Six or more could.');
  for (const [, figure] of markdown.matchAll(/\]\((figures\/[^)]+)\)/g))
    expect(existsSync(path.join(folder, 'page', figure!))).toBe(true);
  const rows = read('page/runs.csv').trimEnd().split('\r\n');
  expect(rows.map((row) => row.split(',').slice(1, 4).join(' '))).toEqual([
    'variant seed state',
    'first 1 finished',
    'first 2 finished',
    'other 1 finished',
  ]);
});

test('memory and money are among the costs', async () => {
  await dapo(['report', 'runs/first', '--out', 'priced', '--price-per-hour', '3600'], { cwd: folder });
  const [head, row] = read('priced/runs.csv')
    .split('\r\n')
    .map((line) => line.split(','));
  const value = (name: string): number => Number(row![head!.indexOf(name)]);
  expect(value('memory_mib')).toBeGreaterThan(50);
  expect(value('money')).toBeCloseTo(value('seconds'), 6);
});

test('a study that was changed by hand, and a folder that holds nothing, are refused in words', async () => {
  const broken = temporaryFolder();
  writeFileSync(path.join(broken, 'study.json'), '{ "variants": 3 }');
  const [study, nothing] = await Promise.all([
    dapo(['report', broken], { cwd: folder }),
    dapo(['report', 'runs'], { cwd: folder }),
  ]);
  expect([study.code, nothing.code]).toEqual([1, 1]);
  expect(study.stderr).toMatch(/can not be reported: variants: .* DAPO_CLI_STUDY_NOT_REPORTABLE\n/);
  expect(nothing.stderr).toMatch(/There is no run in runs\. DAPO_CLI_NOT_A_RUN/);
});
