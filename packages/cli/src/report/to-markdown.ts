import { markdownTable, type Cells } from './markdown-table.js';
import { shorten, type Block, type ComparedPrompt } from './document.js';

/**
 * The same as Markdown; figures are files of their own beside it.
 *
 * @param figureFolder relative to the Markdown file
 */
export function toMarkdown(blocks: readonly Block[], figureFolder: string): string {
  return `${blocks.map((block) => markdownOf(block, figureFolder)).join('\n\n')}\n`;
}

function markdownOf(block: Block, figureFolder: string): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${inline(block.text)}`;
    case 'text':
      return inline(block.text);
    case 'lead':
      return `> ${inline(block.text)}`;
    case 'list':
      return block.items.map((item) => `- ${inline(item)}`).join('\n');
    case 'code':
      return fence(block.text);
    case 'table':
      return [
        ...(block.title === undefined ? [] : [`**${inline(block.title)}**`, '']),
        ...markdownTable(escaped(block.head), block.rows.map(escaped)),
      ].join('\n');
    case 'figures':
      return block.figures
        .map(
          ({ name, title, description }) =>
            `**${inline(title)}**\n\n![${inline(description)}](${figureFolder}/${name}.svg)`,
        )
        .join('\n\n');
    case 'completions':
      return block.prompts.map(promptOf).join('\n\n');
    case 'folded':
      return `<details><summary>${inline(block.summary)}</summary>\n\n${fence(block.text)}\n\n</details>`;
  }
}

function promptOf({ prompt, reference, answers }: ComparedPrompt): string {
  const wanted = reference === undefined ? '' : ` (wanted: ${code(shorten(reference, 200))})`;
  const lines = answers.map(
    ({ variant, text, correct, finish }) =>
      `- ${inline(variant)}, ${correct ? 'right' : 'wrong'}${finish === 'length' ? ', cut off' : ''}: ${code(shorten(text))}`,
  );
  return [`${code(shorten(prompt))}${wanted}`, '', ...lines].join('\n');
}

function escaped(cells: Cells): string[] {
  return cells.map(inline);
}

/** Text that a Markdown reader shows as it stands: no markup, no HTML, no links, no line breaks. */
function inline(text: string): string {
  return text
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[\\`*_[\]~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** Code in a line: as many backticks around it as it has within, and one more. */
function code(text: string): string {
  const flat = text.replace(/\r?\n/g, '⏎');
  const ticks = '`'.repeat(longestRun(flat) + 1);
  return `${ticks}${flat.startsWith('`') || flat.endsWith('`') || flat.trim() === '' ? ` ${flat} ` : flat}${ticks}`;
}

function fence(text: string): string {
  const ticks = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${ticks}\n${text}\n${ticks}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
