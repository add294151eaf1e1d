/** What a cell of a table may not hold as it is. */
export function cell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
}

/** Cells are escaped; a table without rows is nothing. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map((row) => line(row.map(cell)))].join('\n');
}

/** A page that says of itself where it comes from. */
export function page(title: string, ...sections: readonly string[]): string {
  const origin = '<!-- Written by scripts/docs.mjs out of what the code says of itself: npm run docs. -->';
  return `${[`# ${title}`, origin, ...sections.filter((section) => section !== '')].join('\n\n')}\n`;
}
