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
  const own = files.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('explanations'));
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
  for (const [code, { title, why, remedy, next }] of Object.entries({ ...coreExplanations, ...plugins.explanations, ...explanations })) {
    expect(title, code).toMatch(/^.{8,90}[^.]$/);
    expect(why, code).toMatch(/[.)]$/);
    expect(remedy, code).toMatch(/[.)]$/);
    expect(next, code).toMatch(/^(dapo|npm|npx|node|ls) ?[^\n]*$/);
  }
});

/** Errors that no input of a person's leads to; their texts are tested beside the function that makes them. */
const FAULTS = [
  'DAPO_BACKEND_DTYPE', 'DAPO_BACKEND_INDEX', 'DAPO_BACKEND_KERNELS_MISSING', 'DAPO_BACKEND_OP', 'DAPO_BACKEND_OUT_OF_MEMORY',
  'DAPO_BACKEND_SHAPE', 'DAPO_BACKEND_START', 'DAPO_CLI_CATALOGUE_MISSING', 'DAPO_CONFIG_RESOLUTION_FAILED', 'DAPO_DATA_CHANGED',
  'DAPO_PLUGIN_LISTED_IMPORT_FAILED', 'DAPO_PLUGIN_MANIFEST_MISMATCH', 'DAPO_PLUGIN_NEVER_SETTLED', 'DAPO_PLUGIN_OTHER_CORE',
  'DAPO_POLICY_CONTEXT_EXCEEDED', 'DAPO_POLICY_EMPTY_PROMPT', 'DAPO_POLICY_VERSION_RELEASED', 'DAPO_PROBLEMS', 'DAPO_RUN_BACKEND_CONFLICT',
  'DAPO_CLI_OTHER_STUDY_THERE', 'DAPO_CLI_PILOT_FAILED', 'DAPO_CLI_STUDY_RUNNING',
  'DAPO_PLUGIN_GENERATOR_WRONG', 'DAPO_PLUGIN_SIGNAL_MISSING', 'DAPO_RUN_MANIFEST_BROKEN', 'DAPO_RUN_NOTHING_HELD_OUT',
  'DAPO_CLI_SCAFFOLD_MISSING', 'DAPO_RUN_BACKEND_UNAVAILABLE', 'DAPO_RUN_CHECKPOINT_MISMATCH', 'DAPO_RUN_CHECKPOINT_MISSING',
];

test('every other error has a wrong input with its whole text', () => {
  const folder = path.join(import.meta.dirname, '__snapshots__');
  const texts = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));
  const shown = codesIn(texts.join('\n'), /(?:error|warning): .* (DAPO_[A-Z_]+)$/gm);
  expect(explained.filter((code) => !shown.includes(code) && !FAULTS.includes(code) && !code.startsWith('DAPO_TEST_'))).toEqual([]);
  expect(FAULTS.filter((code) => shown.includes(code))).toEqual([]);
});

test('at least 100 wrong inputs are shown', () => {
  const folder = path.join(import.meta.dirname, '__snapshots__');
  const texts = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));
  expect(texts.join('\n').match(/^exports\[/gm)!.length).toBeGreaterThanOrEqual(100);
});
