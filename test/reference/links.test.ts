import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { pages, root } from './documented-configs.js';

const reference = readdirSync(path.join(root, 'docs/reference'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md'))
  .map((file) => path.join('docs/reference', file));
const documents = [...pages(), ...reference];

interface Link {
  readonly page: string;
  readonly line: number;
  readonly target: string;
}

/** Links and pictures of a page, those in code left out. */
function linksIn(page: string, text: string): Link[] {
  const prose = text
    .replace(/^( *)```[^]*?^\1```/gm, (block) => block.replace(/[^\n]/g, ' '))
    .replace(/`[^`\n]+`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(({ 1: target, index }) => ({
    page,
    line: prose.slice(0, index).split('\n').length,
    target: target!,
  }));
}

/** The anchor of a heading, as GitHub makes it; for plain words VitePress makes the same. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

const anchorsIn = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!));

/** Why a link leads nowhere; undefined where it leads somewhere. */
function problemOf({ page, target }: Link): string | undefined {
  if (/^(https?|mailto):/.test(target)) return undefined;
  const [file, anchor] = target.split('#') as [string, string?];
  const full = file === '' ? path.join(root, page) : path.resolve(root, path.dirname(page), file);
  if (!existsSync(full)) return 'no such file';
  const docs = path.join(root, 'docs');
  if (page.startsWith(`docs${path.sep}`) && path.relative(docs, full).startsWith('..'))
    return 'the site has no page outside of docs';
  if (anchor === undefined || statSync(full).isDirectory()) return undefined;
  return anchorsIn(readFileSync(full, 'utf8')).includes(anchor) ? undefined : 'no such heading';
}

test('every link of every page leads to a file, and to a heading in it', () => {
  const links = documents.flatMap((page) => linksIn(page, readFileSync(path.join(root, page), 'utf8')));
  expect(links.length).toBeGreaterThan(50);
  const broken = links.flatMap((link) => {
    const problem = problemOf(link);
    return problem ? [`${link.page}:${link.line}: ${link.target}: ${problem}`] : [];
  });
  expect(broken).toEqual([]);
});

test.each([
  ['nothing.md', 'no such file'],
  ['docs/guide/first-run.md#nothing', 'no such heading'],
  ['docs/guide/first-run.md#train', undefined],
  ['https://example.org', undefined],
])('a link to %s: %s', (target, problem) => {
  expect(problemOf({ page: 'README.md', line: 1, target })).toBe(problem);
});

test('a page of the site that leads out of it is found', () => {
  expect(problemOf({ page: 'docs/index.md', line: 1, target: '../README.md' })).toContain('outside of docs');
});
