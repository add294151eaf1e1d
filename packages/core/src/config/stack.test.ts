import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeNode, mergeValue, type MergedNode, type Stack } from './stack.js';

function stackOf(...values: readonly unknown[]): Stack {
  return values.map((value, i) => ({ value, layer: { layer: {}, origin: `layer ${i}` } }));
}

/** A merged node as plain data. */
function plain({ use, entries, takenOut }: MergedNode): unknown {
  if (takenOut) return false;
  const options = [...entries].map(([key, stack]) => [key, mergeValue(stack).value] as const);
  return { ...(use && { use: use.value }), ...Object.fromEntries(options) };
}

const merged = (...values: readonly unknown[]): unknown => plain(mergeNode(stackOf(...values)));

test.each<[string, readonly unknown[], unknown]>([
  ['a string is short for use', ['clip'], { use: 'clip' }],
  ['options join the plugin chosen below', ['clip', { low: 0.1 }], { use: 'clip', low: 0.1 }],
  ['the same plugin again keeps the options below', [{ use: 'clip', low: 0.1 }, 'clip'], { use: 'clip', low: 0.1 }],
  [
    'the same plugin with options merges them',
    [
      { use: 'clip', low: 0.1 },
      { use: 'clip', high: 0.3 },
    ],
    { use: 'clip', low: 0.1, high: 0.3 },
  ],
  ['another plugin replaces the node whole', [{ use: 'clip', low: 0.1 }, 'cispo'], { use: 'cispo' }],
  [
    'another plugin with options replaces it whole',
    [
      { use: 'clip', low: 0.1 },
      { use: 'cispo', high: 2 },
    ],
    { use: 'cispo', high: 2 },
  ],
  ['options stand where nobody had chosen yet', [{ low: 0.1 }, 'clip'], { use: 'clip', low: 0.1 }],
  ['false takes the node out', [{ use: 'clip', low: 0.1 }, false], false],
  ['what comes after false starts anew', [{ use: 'clip', low: 0.1 }, false, 'clip'], { use: 'clip' }],
  ['scalars replace', [{ use: 'clip', low: 0.1 }, { low: 0.2 }], { use: 'clip', low: 0.2 }],
  ['lists replace', [{ use: 'band', range: [0, 1] }, { range: [0.2] }], { use: 'band', range: [0.2] }],
  [
    'maps of options merge by key',
    [{ use: 'x', columns: { a: 1, b: 2 } }, { columns: { b: 3 } }],
    { use: 'x', columns: { a: 1, b: 3 } },
  ],
  [
    'null takes back what is said below',
    [{ use: 'clip', low: 0.1, high: 0.3 }, { low: null }],
    { use: 'clip', high: 0.3 },
  ],
  [
    'undefined says nothing',
    [
      { use: 'clip', low: 0.1 },
      { use: undefined, low: undefined },
    ],
    { use: 'clip', low: 0.1 },
  ],
])('%s', (_, layers, expected) => {
  expect(merged(...layers)).toEqual(expected);
});

test('what is neither name, map nor false is told apart and changes nothing', () => {
  const node = mergeNode(stackOf('clip', null, 3, ['clip'], { use: 7 }));
  expect(node.use?.value).toBe('clip');
  expect(node.wrong.map(({ value }) => value)).toEqual([null, 3, ['clip'], { use: 7 }]);
});

test('each path of a value knows the layer that had the last word on it', () => {
  const { said } = mergeValue(stackOf({ a: 1, b: { c: 1, d: 1 } }, { b: { d: 2 } }, { e: [1] }));
  const origins = [...said].map(([path, { layer }]) => [path, layer.origin]);
  expect(Object.fromEntries(origins)).toEqual({
    '': 'layer 2',
    a: 'layer 0',
    b: 'layer 1',
    'b.c': 'layer 0',
    'b.d': 'layer 1',
    e: 'layer 2',
  });
});

test('a scalar over a map, and a map over a scalar, replace it', () => {
  expect(mergeValue(stackOf({ a: 1 }, 'auto')).value).toBe('auto');
  expect(mergeValue(stackOf({ a: 1 }, 'auto', { b: 2 })).value).toEqual({ b: 2 });
});

const scalar = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.constantFrom('text', 'auto'),
  fc.array(fc.integer(), { maxLength: 2 }),
);
const key = fc.constantFrom('low', 'high', 'columns', '__proto__');
const option = fc.oneof(scalar, fc.dictionary(key, scalar, { maxKeys: 2 }));
const options = fc.dictionary(key, option, { maxKeys: 3 });
const name = fc.constantFrom('clip', 'cispo');
const node = fc.oneof(
  name,
  fc.constant(false),
  options,
  fc.tuple(name, options).map(([use, rest]) => ({ ...rest, use })),
);

test('merging a node with itself changes nothing', () => {
  fc.assert(
    fc.property(node, (a) => {
      expect(merged(a, a)).toEqual(merged(a));
    }),
  );
});

test('nothing below another plugin or below false is left', () => {
  fc.assert(
    fc.property(fc.array(node, { maxLength: 4 }), options, (below, above) => {
      expect(merged(...below, 'clip', { ...above, use: 'none-of-these' })).toEqual({ ...above, use: 'none-of-these' });
      expect(merged(...below, false, { ...above, use: 'clip' })).toEqual({ ...above, use: 'clip' });
    }),
  );
});

test('the layer on top keeps every scalar that it says', () => {
  fc.assert(
    fc.property(fc.array(node, { maxLength: 4 }), options, (below, above) => {
      const result = merged(...below, above) as Record<string, unknown>;
      for (const [at, value] of Object.entries(above)) {
        if (typeof value !== 'object' || Array.isArray(value)) expect(result[at]).toEqual(value);
      }
    }),
  );
});

test('what two neighbours say can be merged before the rest, where neither chooses nor replaces a map', () => {
  const scalars = fc.dictionary(key, scalar, { maxKeys: 3 });
  fc.assert(
    fc.property(node, scalars, scalars, (a, b, c) => {
      const bc = mergeValue(stackOf(b, c)).value;
      expect(merged(a, b, c)).toEqual(merged(a, bc));
    }),
  );
});

test('a value and its places cover each other: every leaf was said by somebody', () => {
  fc.assert(
    fc.property(fc.array(option, { minLength: 1, maxLength: 4 }), (layers) => {
      const { value, said } = mergeValue(stackOf(...layers));
      for (const path of leaves(value, '')) expect(said.has(path)).toBe(true);
    }),
  );
});

function leaves(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([at, inner]) => leaves(inner, path === '' ? at : `${path}.${at}`));
}
