import Table from 'cli-table3';

const NO_BORDERS = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
  ].map((name) => [name, '']),
);

export interface TableOptions {
  readonly head?: readonly string[];
  readonly align?: readonly ('left' | 'right')[];
  /** Spaces before each line. */
  readonly indent?: number;
  /** Columns of the terminal; the last column is wrapped to fit. */
  readonly width?: number;
}

/** Aligned columns two spaces apart, without borders. Cells may be coloured. */
export function table(rows: readonly (readonly string[])[], options: TableOptions = {}): string {
  const { head = [], align = [], indent = 0, width = Number.POSITIVE_INFINITY } = options;
  const layout = new Table({
    head: [...head],
    colAligns: [...align],
    chars: { ...NO_BORDERS, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    ...wrapping([...(head.length > 0 ? [head] : []), ...rows], width - indent),
  });
  layout.push(...rows.map((row) => [...row]));
  const margin = ' '.repeat(indent);
  return layout
    .toString()
    .split('\n')
    .map((line) => `${margin}${line}`.trimEnd())
    .join('\n');
}

/** Narrowest that a wrapped column gets. */
const MIN_WRAPPED = 24;

function wrapping(rows: readonly (readonly string[])[], width: number): object {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => visibleLength(row[i] ?? ''))));
  const before = widths.slice(0, -1).reduce((sum, columnWidth) => sum + columnWidth + 2, 0);
  const room = Math.max(MIN_WRAPPED, width - before);
  if (widths.at(-1)! <= room) return {};
  return { colWidths: [...widths.slice(0, -1), room], wordWrap: true };
}

/** Characters of the longest line that take up room: colours don't. */
export function visibleLength(text: string): number {
  const lines = text.replace(/\u001b\[[0-9;]*m/g, '').split('\n');
  return Math.max(...lines.map((line) => line.length));
}
