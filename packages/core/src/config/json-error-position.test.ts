import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonErrorPosition } from './json-error-position.js';

test.each<[string, number]>([
  ['{"a": 1,}', 8],
  ['{"a": tru}', 6],
  ['{a: 1}', 1],
  ['[1 2]', 3],
  ['{"a": 1', 7],
  ['', 0],
  ['1 1', 2],
  ['"a\nb"', 0],
  ['[01]', 2],
])('%j breaks at %i', (text, position) => {
  expect(jsonErrorPosition(text)).toBe(position);
});

test('what JSON.parse takes has no error, and what it refuses has one', () => {
  const edited = fc.tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', ']', '"', ':', '0', 'x', ' ', '-'));
  fc.assert(
    fc.property(edited, ([json, at, character]) => {
      const position = at % (json.length + 1);
      const text = json.slice(0, position) + character + json.slice(position + (character === '' ? 1 : 0));
      expect(jsonErrorPosition(text) === undefined).toBe(isJson(text));
    }),
    { numRuns: 500 },
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
