import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { coreExplanations } from '@dapo/core';
import plugins from '@dapo/plugins';
import { expect, test } from 'vitest';
import { explanations } from '../../packages/cli/src/explanations.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const explained = Object.keys({ ...coreExplanations, ...plugins.explanations, ...explanations }).sort();

function sources(folder: string): string {
  const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
  const own = files.filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('explanations'),
  );
  return own.map((name) => readFileSync(path.join(root, folder, name), 'utf8')).join('\n');
}

function codesIn(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, code]) => code!))].sort();
}

const source = ['core', 'plugins', 'cli'].map((name) => sources(`packages/${name}/src`)).join('\n');

test('every code that is thrown is explained, and nothing else is', () => {
  const thrown = codesIn(source, /code: '(DAPO_[A-Z_]+)'/g);
  // Printed beside what commander says, which makes no error of ours.
  expect([...thrown, 'DAPO_CLI_USAGE'].sort()).toEqual(explained);
});

test('every code has its section in the reference, and nothing else has', () => {
  const sections = codesIn(readFileSync(path.join(root, 'docs/reference/errors.md'), 'utf8'), /^## (DAPO_[A-Z_]+)$/gm);
  expect(sections).toEqual(explained);
});

test('every explanation is whole, and its next command is one line', () => {
  for (const [code, { title, why, remedy, next }] of Object.entries({
    ...coreExplanations,
    ...plugins.explanations,
    ...explanations,
  })) {
    expect(title, code).toMatch(/^.{8,90}[^.]$/);
    expect(why, code).toMatch(/[.)]$/);
    expect(remedy, code).toMatch(/[.)]$/);
    expect(next, code).toMatch(/^(dapo|npm|npx|node|ls) ?[^\n]*$/);
  }
});

/** The whole texts that the tests of this folder expect, one below the other. */
function fixtures(): string {
  const folder = path.join(import.meta.dirname, '__snapshots__');
  return readdirSync(folder)
    .map((name) => readFileSync(path.join(folder, name), 'utf8'))
    .join('\n');
}

test('every code has a wrong input, or a fault, with its whole text', () => {
  const shown = codesIn(fixtures(), /(?:error|warning): .* (DAPO_[A-Z_]+)["`;]*$/gm);
  expect(explained.filter((code) => !shown.includes(code))).toEqual([]);
  expect(shown.filter((code) => !explained.includes(code))).toEqual([]);
});

test('every code is made by one exported function, which is named in one place', () => {
  const made = new Map<string, string[]>();
  for (const { 1: code, index } of source.matchAll(/code: '(DAPO_[A-Z_]+)'/g)) {
    const [, declaration = 'nothing'] =
      [...source.slice(0, index).matchAll(/^((?:export )?(?:async )?(?:function|class|const) \w+)/gm)].at(-1) ?? [];
    made.set(code!, [...(made.get(code!) ?? []), declaration]);
  }
  const several = [...made].filter(
    ([code, makers]) => code !== 'DAPO_PROBLEMS' && (makers.length !== 1 || !makers[0]!.startsWith('export function')),
  );
  expect(Object.fromEntries(several)).toEqual({});
});

test('at least 100 wrong inputs are shown', () => {
  expect(fixtures().match(/^exports\[/gm)!.length).toBeGreaterThanOrEqual(100);
});

test('a run that has nothing left to do is explained for every budget', () => {
  const { why, remedy } = explanations['DAPO_CLI_RUN_FINISHED']!;
  for (const bound of ['rollout steps', 'tokens', 'prompts', 'optimizer steps', 'minutes'])
    expect(why).toContain(bound);
  expect(remedy).toMatch(/rollout steps with --steps\. Of any other budget /);
});
