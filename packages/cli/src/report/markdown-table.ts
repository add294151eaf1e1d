export type Cells = readonly string[];

/** A table with its first column to the left and the others to the right. Cells are Markdown already. */
export function markdownTable(head: Cells, rows: readonly Cells[]): string[] {
  const line = (cells: Cells): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)];
}
