import { expect, test } from 'vitest';
import { parseJson, parseYaml } from './parse-config-text.js';

const yaml = `# a comment
extends: dapo
loss:
  clip:
    use: clip-higher
    high: 0.3
rewards: { length: false }
`;

test('YAML gives its value, and the place of every path', () => {
  const { value, locate } = parseYaml(yaml, 'dapo.config.yaml');
  expect(value).toEqual({
    extends: 'dapo',
    loss: { clip: { use: 'clip-higher', high: 0.3 } },
    rewards: { length: false },
  });
  expect(locate(['loss', 'clip', 'high'])).toEqual({ file: 'dapo.config.yaml', line: 6, column: 5 });
  expect(locate(['rewards', 'length'])).toEqual({ file: 'dapo.config.yaml', line: 7, column: 12 });
});

test('a path that is not there is found at the nearest one above it', () => {
  const { locate } = parseYaml(yaml, 'dapo.config.yaml');
  expect(locate(['loss', 'clip', 'low'])).toEqual({ file: 'dapo.config.yaml', line: 4, column: 3 });
  expect(locate(['nothing'])).toEqual({ file: 'dapo.config.yaml', line: 2, column: 1 });
});

test('JSON gives its value, and the place of every path', () => {
  const { value, locate } = parseJson('{\n\t"loss": {\n\t\t"clip": "cispo" } }', 'dapo.config.json');
  expect(value).toEqual({ loss: { clip: 'cispo' } });
  expect(locate(['loss', 'clip'])).toEqual({ file: 'dapo.config.json', line: 3, column: 3 });
});

test.each<[string, string, string]>([
  ['a tab', 'loss:\n\tclip: x\n', 'Tabs are not allowed as indentation\n  where:    in c.yaml:2:1'],
  [
    'a list that does not end',
    'a: [1, 2\nb: 3\n',
    'Flow sequence in block collection must be sufficiently indented and end with a ]\n  where:    in c.yaml:2:1',
  ],
  ['a key twice', 'a: 1\na: 2\n', 'Map keys must be unique\n  where:    in c.yaml:2:1'],
  ['a tag', 'a: !run x\n', 'Unresolved tag: !run\n  where:    in c.yaml:1:4'],
])('%s in YAML is told with its place', (_, text, told) => {
  expect(messageOf(() => parseYaml(text, 'c.yaml'))).toBe(`This can not be parsed: ${told}`);
});

test('a YAML file that grows without end by its aliases is refused', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefg'.split('').map((key, i) => `${key}: &${key} [${Array(9).fill(`*${'abcdefg'[i]}`).join(',')}]`),
  ];
  expect(() => parseYaml(bomb.join('\n'), 'c.yaml')).toThrow('Excessive alias count');
});

test.each<[string, string, string]>([
  ['a comma too many', '{\n  "a": 1,\n}', '«}» is not expected here\n  where:    in c.json:3:1'],
  ['no end', '{\n  "a": [1', 'it ends too early\n  where:    in c.json:2:10'],
  ['a comment', '{ // why\n}', '«/» is not expected here\n  where:    in c.json:1:3'],
  ['a key twice', '{ "a": 1,\n  "a": 2 }', 'Map keys must be unique\n  where:    in c.json:2:3'],
])('%s in JSON is told with its place', (_, text, told) => {
  expect(messageOf(() => parseJson(text, 'c.json'))).toBe(`This can not be parsed: ${told}`);
});

test('keys named like parts of JavaScript stay plain keys', () => {
  const { value } = parseYaml('__proto__: { polluted: true }\n', 'c.yaml');
  expect(Object.keys(value as object)).toEqual(['__proto__']);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

function messageOf(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was thrown';
}
