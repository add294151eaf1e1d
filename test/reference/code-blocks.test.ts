import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { blocksOf, pages, root, type Block } from './documented-configs.js';
import { commandsOf, problemOf } from './shell-commands.js';
import { typeErrors } from './type-check-blocks.js';

interface PlacedBlock extends Block {
  /** `docs/guide/testing.md:12`. */
  readonly name: string;
  readonly page: string;
}

const blocks: PlacedBlock[] = pages().flatMap((page) =>
  blocksOf(readFileSync(path.join(root, page), 'utf8')).map((block) => ({
    ...block,
    page,
    name: `${page}:${block.line}`,
  })),
);
const inLanguages = (...languages: string[]): PlacedBlock[] =>
  blocks.filter(({ language }) => languages.includes(language));

test('every block says what it is', () => {
  const known = ['ts', 'js', 'json', 'jsonl', 'yaml', 'sh', 'text'];
  expect(blocks.filter(({ language }) => !known.includes(language)).map(({ name }) => name)).toEqual([]);
  expect(blocks.length).toBeGreaterThan(100);
});

test('every ts block of every page is right by the types of the packages', () => {
  const found = inLanguages('ts');
  expect(found.length).toBeGreaterThan(10);
  expect(typeErrors(found)).toEqual([]);
}, 120_000);

test('a wrong option, name or property in a block is found', () => {
  const block = (text: string, info = ''): PlacedBlock => ({
    ...{ language: 'ts', line: text.length, info, text, page: 'docs/guide/x.md', name: 'docs/guide/x.md' },
  });
  const wrong = [
    block(
      "import { defineConfig } from '@dapo/core';\nexport default defineConfig({ sampler: { use: 'dynamic', maxRound: 1 } });",
    ),
    block("import { nothing } from '@dapo/core';\nnothing();"),
    block('rollout: { promts: 3 },', 'config-part'),
  ];
  const said = typeErrors(wrong).map((error) => /TS\d+: (.*?)[.\n]/.exec(error)?.[1]);
  expect(said.sort()).toEqual([
    expect.stringContaining("no exported member 'nothing'"),
    expect.stringContaining("'maxRound' does not exist"),
    expect.stringContaining("'promts' does not exist"),
  ]);
}, 120_000);

test('js, json and yaml blocks are what they say', () => {
  for (const { name, text } of inLanguages('js')) {
    const { diagnostics } = ts.transpileModule(text, { reportDiagnostics: true });
    expect([name, diagnostics]).toEqual([name, []]);
  }
  for (const { name, text } of inLanguages('json')) expect(() => JSON.parse(text), name).not.toThrow();
  for (const { name, text } of inLanguages('jsonl'))
    for (const line of text.trim().split('\n')) expect(() => JSON.parse(line), name).not.toThrow();
  for (const { name, text } of inLanguages('yaml')) expect(() => parseYaml(text) as unknown, name).not.toThrow();
});

test('every command of an sh block is one that there is', async () => {
  const found = inLanguages('sh').flatMap((block) => commandsOf(block.text).map((words) => ({ ...block, words })));
  expect(found.length).toBeGreaterThan(60);
  const problems = await Promise.all(
    found.map(async ({ name, page, words }) => {
      const problem = await problemOf(words, page);
      return problem && `${name}: ${words.join(' ')}: ${problem}`;
    }),
  );
  expect(problems.filter(Boolean)).toEqual([]);
});

test.each([
  ['npx dapo trian', "unknown command 'trian'"],
  ['npx dapo train --sed 3', "unknown option '--sed'"],
  ['npx dapo train --steps three', 'not a whole number'],
  ['npx dapo plugin new', "missing required argument 'kind'"],
  ['npm run tset', 'no script «tset»'],
  ['npx vitest run plugins/nothing.test.ts', 'no file plugins/nothing.test.ts'],
  ['pip install dapo', 'no program'],
])('«%s» is found wrong', async (command, problem) => {
  expect(await problemOf(commandsOf(command)[0]!, 'README.md')).toContain(problem);
});
