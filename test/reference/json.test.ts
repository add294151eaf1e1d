import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { z } from '@dapo/core';
import { afterAll, expect, test } from 'vitest';
import { jsonSchemas } from '../../packages/cli/src/reference/json-schemas.js';
import { dapo, tinyConfig } from '../cli/dapo-process.js';
import { folderOf } from '../errors/wrong-input.js';

const { folder, dispose } = folderOf({
  'dapo.config.ts': tinyConfig,
  'mine.ts':
    "import { definePlugin } from '@dapo/core';\nexport default definePlugin({ kind: 'schedule', name: 'mine', create: () => ({ factor: () => 1 }) });\n",
  'list.json': '{ "kind": "list", "variants": [{ "name": "narrow", "set": ["loss.clip.high=0.2"] }] }',
});
afterAll(dispose);

type Name = keyof typeof jsonSchemas;

async function output(args: readonly string[]): Promise<string> {
  const { stdout } = await dapo([...args, '--json'], { cwd: folder });
  return stdout;
}

function check(name: Name, value: unknown): void {
  const { success, error } = (jsonSchemas[name] as z.ZodType).safeParse(value);
  expect(success, `${name}: ${error?.message}`).toBe(true);
}

function checkLines(name: Name, text: string): void {
  const lines = text.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines) check(name, JSON.parse(line));
}

test('what a report and a reproduction print is as their schemas say', async () => {
  await dapo(['train', '--quiet', '--out', 'again'], { cwd: folder });
  check('report', JSON.parse(await output(['report', 'again', '--out', 'page'])));
  check('reproduce', JSON.parse(await output(['reproduce', 'again'])));
  check('reproduce', JSON.parse(await output(['reproduce', 'again', '--seed', '3', '--steps', '1'])));
});

test(
  'what training, going on, fine-tuning, measuring and sampling print is as their schemas say',
  { timeout: 300_000 },
  async () => {
    checkLines('train', await output(['train', '--out', 'run']));
    await dapo(['train', '--quiet', '--seed', '2', '--out', 'other'], { cwd: folder });
    check('diff', JSON.parse(await output(['diff', 'run', 'other'])));
    check('compare', JSON.parse(await output(['compare', 'run', 'other'])));
    checkLines('resume', await output(['resume', 'run', '--steps', '3']));
    checkLines('sft', await output(['sft', '--steps', '2', '--batch', '2', '--out', 'base']));
    check('eval', JSON.parse(await output(['eval', 'run', '--k', '2'])));
    check('generate', JSON.parse(await output(['generate', '1+1=', '--run', 'run', '-n', '2'])));
  },
);

test.each<[Name, readonly string[]]>([
  ['config', ['config']],
  ['validate', ['validate']],
  ['validate', ['validate', '--set', 'loss.clip=clip-highr']],
  ['plugins', ['plugins']],
  ['plugins-metrics', ['plugins', '--metrics']],
  ['explain', ['explain']],
  ['explain', ['explain', 'unknown-key']],
  ['init', ['init', 'new', '--yes', '--dry-run']],
  ['init', ['init', '--list']],
  ['plugin-new', ['plugin', 'new', 'clip-rule', 'mine', '--dry-run']],
  ['plugin-new', ['plugin', 'new', 'clip-rule', 'mine', '--package', '--dry-run']],
  ['plugin-lint', ['plugin', 'lint', 'mine.ts']],
  ['plugin-test', ['plugin', 'test', 'mine.ts', '--backend', 'cpu']],
  ['ablate', ['ablate', '--dry-run', '--no-pilot', '--study', 'list.json']],
  ['doctor', ['doctor']],
])('what %s prints is as its schema says: dapo %j --json', async (name, args) => {
  check(name, JSON.parse(await output(args)));
});

test('every command that takes --json has a schema', () => {
  const commands = path.join(import.meta.dirname, '../../packages/cli/src/commands');
  const taking = readdirSync(commands).filter((name) =>
    readFileSync(path.join(commands, name), 'utf8').includes('jsonOption('),
  );
  expect(taking.map((name) => name.replace('.ts', '')).filter((name) => !(name in jsonSchemas))).toEqual([]);
});
