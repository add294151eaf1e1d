import { createHash } from 'node:crypto';
import { shorten, type Block, type ComparedPrompt, type Figure, type TableBlock } from './document.js';
import { styleSheet } from './style-sheet.js';

/**
 * One file that needs nothing else: no script, no network. All text is escaped, and the content security policy allows
 * nothing but the style sheet, by its hash, and an empty icon: what a model or a data set has written can't run.
 */
export function toHtml(title: string, blocks: readonly Block[]): string {
  const hash = createHash('sha256').update(styleSheet).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<link rel="icon" href="data:,">',
    `<title>${escape(title)}</title>`,
    `<style>${styleSheet}</style>`,
    '</head>',
    '<body><main>',
    ...blocks.map(htmlOf),
    '</main></body>',
    '</html>\n',
  ].join('\n');
}

/** Characters from which on a cell is broken into lines. */
const LONG = 44;

function htmlOf(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${escape(block.text)}</h${block.level}>`;
    case 'text':
      return `<p>${escape(block.text)}</p>`;
    case 'lead':
      return `<p class="lead">${escape(block.text)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${escape(item)}</li>`).join('')}</ul>`;
    case 'code':
      return `<pre><code>${escape(block.text)}</code></pre>`;
    case 'table':
      return tableOf(block);
    case 'figures':
      return `<div class="figures">${block.figures.map(figureOf).join('\n')}</div>`;
    case 'completions':
      return block.prompts.map(promptOf).join('\n');
    case 'folded':
      return `<details><summary>${escape(block.summary)}</summary><pre>${escape(block.text)}</pre></details>`;
  }
}

function tableOf({ title, head, rows }: TableBlock): string {
  const numeric = head.map((_, i) => rows.length > 0 && rows.every((row) => looksNumeric(row[i] ?? '')));
  const long = head.map((_, i) => rows.some((row) => (row[i] ?? '').length > LONG));
  const cell = (tag: string, text: string, i: number): string => {
    const kind = numeric[i] ? ' class="number"' : long[i] ? ' class="long"' : '';
    return `<${tag}${kind}>${escape(text)}</${tag}>`;
  };
  const line = (tag: string, cells: readonly string[]): string =>
    `<tr>${cells.map((text, i) => cell(tag, text, i)).join('')}</tr>`;
  const caption = title === undefined ? '' : `<caption>${escape(title)}</caption>`;
  return [
    `<div class="wide"><table>${caption}<thead>${line('th', head)}</thead>`,
    `<tbody>${rows.map((row) => line('td', row)).join('\n')}</tbody></table></div>`,
  ].join('\n');
}

function looksNumeric(text: string): boolean {
  return /^(–|not reached|[+−<>]? ?\d.*)$/.test(text);
}

function figureOf({ title, description, svg, width }: Figure): string {
  const named = svg.replace('<svg ', `<svg role="img" aria-label="${escape(description)}" `);
  const size = width > 500 ? 'large' : 'small';
  return `<figure class="${size}"><figcaption>${escape(title)}</figcaption><div class="wide">${named}</div></figure>`;
}

function promptOf({ prompt, reference, answers }: ComparedPrompt): string {
  const cells = answers.map(
    ({ variant, text, correct, finish }) =>
      `<div class="answer ${correct ? 'right' : 'wrong'}"><b>${escape(variant)}</b> <small>${correct ? 'right' : 'wrong'}${
        finish === 'length' ? ', cut off' : ''
      }</small><pre>${escape(shorten(text))}</pre></div>`,
  );
  const wanted =
    reference === undefined ? '' : ` <small>wanted: <code>${escape(shorten(reference, 200))}</code></small>`;
  return `<section class="prompt"><p><code>${escape(shorten(prompt))}</code>${wanted}</p><div class="answers">${cells.join('\n')}</div></section>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Also shows control characters, which a page would swallow or obey. */
export function escape(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => entities[character]!)
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
