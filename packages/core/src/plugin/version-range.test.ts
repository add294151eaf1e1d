import { expect, test } from 'vitest';
import { inRange } from './version-range.js';

/** Range → versions within, versions outside: the examples of npm's documentation of ranges, and their borders. */
const ranges: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['^1.2.3', ['1.2.3', '1.9.9'], ['1.2.2', '2.0.0']],
  ['^0.2.3', ['0.2.3', '0.2.9'], ['0.2.2', '0.3.0']],
  ['^0.0.3', ['0.0.3'], ['0.0.2', '0.0.4']],
  ['^1.2.x', ['1.2.0', '1.3.0'], ['1.1.9', '2.0.0']],
  ['^0.0.x', ['0.0.0', '0.0.9'], ['0.1.0']],
  ['^0.0', ['0.0.0', '0.0.9'], ['0.1.0']],
  ['^1.x', ['1.0.0', '1.9.0'], ['2.0.0', '0.9.0']],
  ['^0.x', ['0.0.0', '0.9.0'], ['1.0.0']],
  ['~1.2.3', ['1.2.3', '1.2.9'], ['1.2.2', '1.3.0']],
  ['~1.2', ['1.2.0', '1.2.9'], ['1.3.0']],
  ['~1', ['1.0.0', '1.9.0'], ['2.0.0']],
  ['1.2.3 - 2.3.4', ['1.2.3', '2.3.4'], ['1.2.2', '2.3.5']],
  ['1.2.3 - 2.3', ['1.2.3', '2.3.9'], ['2.4.0']],
  ['1.2.3 - 2', ['2.9.9'], ['3.0.0']],
  ['*', ['0.0.0', '9.9.9'], []],
  ['', ['0.1.0'], []],
  ['1.x', ['1.0.0', '1.9.9'], ['2.0.0']],
  ['1.2.X', ['1.2.0'], ['1.3.0']],
  ['>=0.1 <2', ['0.1.0', '1.9.9'], ['0.0.9', '2.0.0']],
  ['> 1.2', ['1.3.0'], ['1.2.9']],
  ['<= 1.2', ['1.2.9', '0.1.0'], ['1.3.0']],
  ['0.1.x || ^1.0.0', ['0.1.7', '1.4.0'], ['0.2.0', '2.0.0']],
  ['=0.1.0', ['0.1.0'], ['0.1.1']],
  ['v0.1.0', ['0.1.0'], ['0.1.1']],
  ['^0.1.0-beta.2', ['0.1.0', '0.1.5'], ['0.2.0']],
];

test.each(ranges)('%s holds %j and not %j', (range, within, outside) => {
  for (const version of within) expect([version, inRange(version, range)]).toEqual([version, true]);
  for (const version of outside) expect([version, inRange(version, range)]).toEqual([version, false]);
});

test.each(['latest', 'file:../core', 'workspace:*', 'github:us/core', '1.2.3.4'])('%s is no range', (text) => {
  expect(inRange('0.1.0', text)).toBeUndefined();
});

test('what follows the three numbers of a version is not looked at', () => {
  expect(inRange('0.2.0-beta.1', '^0.2.0')).toBe(true);
  expect(inRange('nothing', '^0.2.0')).toBeUndefined();
});
