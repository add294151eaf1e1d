import { expect, test } from 'vitest';
import { table, visibleLength } from './table.js';

test('columns stand under each other, two spaces apart, with no space at the end', () => {
  expect(
    table(
      [
        ['a', 'first'],
        ['longer', 'second'],
      ],
      { head: ['name', 'what'], indent: 2 },
    ),
  ).toBe(['  name    what', '  a       first', '  longer  second'].join('\n'));
});

test('numbers align at the right', () => {
  expect(
    table(
      [
        ['a', '1'],
        ['b', '100'],
      ],
      { align: ['left', 'right'] },
    ),
  ).toBe('a    1\nb  100');
});

test('colours take no room', () => {
  const cyan = '\u001b[36mab\u001b[39m';
  expect(visibleLength(cyan)).toBe(2);
  expect(
    table([
      [cyan, 'x'],
      ['abcd', 'y'],
    ]),
  ).toBe(`${cyan}    x\nabcd  y`);
});

test('the last column is wrapped into the terminal, at words', () => {
  const lines = table([['key', 'some words that do not fit into forty columns at all']], { width: 40 }).split('\n');
  expect(lines).toEqual(['key  some words that do not fit into', '     forty columns at all']);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
});
