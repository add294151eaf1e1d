import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SiteConfig } from 'vitepress';
import { guides } from './sidebar.js';

/** Where a page stands in the lists: as in the sidebar, the rest by name. */
function rankOf(file: string): number {
  const order = guides.flatMap(({ items = [] }) => items.map(({ link }) => `${link!.slice(1)}.md`));
  const place = order.indexOf(file);
  return place === -1 ? order.length : place;
}

/**
 * Puts each page's Markdown beside its HTML (guide/first-run.md beside guide/first-run.html), a list of all pages into
 * llms.txt (https://llmstxt.org), and all of them, one after the other, into llms-full.txt.
 */
export function writeMarkdown(site: SiteConfig, about: { readonly title: string; readonly summary: string }): void {
  const pages = site.pages
    .map((source) => ({
      file: site.rewrites.map[source] ?? source,
      text: markdownOf(path.join(site.srcDir, source)),
    }))
    .sort(
      (a, b) =>
        sectionOf(a.file).rank - sectionOf(b.file).rank ||
        rankOf(a.file) - rankOf(b.file) ||
        a.file.localeCompare(b.file),
    );

  const write = (file: string, text: string): void => {
    const target = path.join(site.outDir, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  };
  for (const { file, text } of pages) write(file, text);

  const lines = [`# ${about.title}`, '', `> ${about.summary}`];
  let section = '';
  for (const { file, text } of pages) {
    const { name } = sectionOf(file);
    if (name !== section) lines.push('', `## ${name}`, '');
    section = name;
    lines.push(`- [${headingOf(text)}](/${file})${opening(text) && `: ${opening(text)}`}`);
  }
  write('llms.txt', `${lines.join('\n')}\n`);
  writeSchemas(site);
  write('llms-full.txt', pages.map(({ file, text }) => `<!-- ${file} -->\n\n${text.trim()}\n`).join('\n'));
}

/** The schemas of docs/reference/json, and a list of them. */
function writeSchemas({ srcDir, outDir }: SiteConfig): void {
  const target = path.join(outDir, 'reference/json');
  cpSync(path.join(srcDir, 'reference/json'), target, { recursive: true });
  const items = readdirSync(target).map((file) => `<li><a href="${file}">${file}</a></li>`);
  const head =
    '<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>JSON schemas</title>';
  writeFileSync(path.join(target, 'index.html'), `${head}<ul>${items.join('')}</ul>\n`);
}

/** The source of a page without its front matter, its includes in place. */
function markdownOf(source: string): string {
  const text = readFileSync(source, 'utf8').replace(/^---\n[^]*?\n---\n+/, '');
  return text.replace(/^<!--@include: (\S+)-->$/gm, (_, file: string) =>
    readFileSync(path.resolve(path.dirname(source), file), 'utf8').trim(),
  );
}

const sections = ['Start', 'Guide', 'Experiments', 'Studies', 'Reference'];

function sectionOf(file: string): { readonly name: string; readonly rank: number } {
  const [folder] = file.split('/');
  const found = sections.findIndex((name) => name.toLowerCase() === folder);
  const rank = found === -1 ? 0 : found;
  return { name: sections[rank]!, rank };
}

function headingOf(text: string): string {
  return /^# (.+)$/m.exec(text)?.[1] ?? 'Untitled';
}

/** The first sentences of the first paragraph that is no heading, comment, list, table or code: some forty letters. */
function opening(text: string): string {
  const paragraph = text.split(/\n{2,}/).find((part) => /^(?!```)[\p{L}*«`]/u.test(part.trim())) ?? '';
  const sentences = paragraph
    .trim()
    .replace(/\s+/g, ' ')
    .split(/(?<=[.?!])\s/);
  let said = sentences.shift() ?? '';
  while (said.length < 40 && sentences.length > 0) said += ` ${sentences.shift()!}`;
  return said.replaceAll('**', '').replace(/\[([^\]]+)\]\([^)]*\)/g, '$1');
}
