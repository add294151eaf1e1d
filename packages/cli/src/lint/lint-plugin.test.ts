import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { lintPlugin } from './lint-plugin.js';
import { SourceText } from './source-text.js';

const folder = mkdtempSync(path.join(tmpdir(), 'dapo-lint-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A plugin that nothing is to be said of. */
const clean = `import { definePlugin, tf, tokens, z } from '@dapo/core';

const options = z.strictObject({
  cap: z.number().positive().default(2).describe('largest ratio that counts'),
});

export default definePlugin({
  kind: 'clip-rule',
  name: 'mine',
  summary: 'The surrogate with the ratio held below a cap.',
  source: { title: 'our own' },
  options,
  metrics: {
    capped: { over: 'tokens', reduce: 'mean', unit: 'share', meaning: 'tokens whose ratio the cap holds' },
  },
  create: ({ cap }) => ({
    perToken: ({ ratio, advantages }) => ({
      loss: tf.neg(tf.mul(tf.minimum(ratio, cap), advantages)),
      metrics: { capped: tf.cast(tf.greater(ratio, cap), 'float32') },
    }),
  }),
});
`;

let count = 0;

/** Findings as \`line rule level\`, of the clean plugin with a text replaced. */
async function found(
  from: string | RegExp,
  to: string,
  beside: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  expect(clean).toMatch(from);
  return lint(clean.replace(from, to), beside);
}

async function lint(text: string, beside: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const home = path.join(folder, String(count++));
  mkdirSync(home);
  const files = {
    'package.json': '{}',
    'mine.test.ts': 'describeContract(plugin);',
    'mine.ts': text,
    ...beside,
  };
  for (const [name, content] of Object.entries(files))
    if (content !== '') writeFileSync(path.join(home, name), content);
  const findings = await lintPlugin(path.join(home, 'mine.ts'));
  for (const { message, hint } of findings)
    expect([message, hint]).toEqual([expect.stringMatching(/.{8}/), expect.stringMatching(/.{8}/)]);
  return findings.map(({ line, rule, level }) => `${line} ${rule} ${level}`);
}

test('of a plugin that is as it should be nothing is said', async () => {
  expect(await lint(clean)).toEqual([]);
});

test.each([
  ['a name that is not that of the file', "name: 'mine'", "name: 'yours'", '9 file-name error'],
  ['a kind that there is not', "kind: 'clip-rule'", "kind: 'clip-rool'", '7 definition error'],
  ['no summary', /\n {2}summary: .*/, '', '7 summary error'],
  ['no source', /\n {2}source: .*/, '', '7 source warning'],
  ['a source without departures', "{ title: 'our own' }", "{ arxiv: '2503.14476' }", '11 departures warning'],
  ['options that take any key', 'z.strictObject', 'z.looseObject', '3 options-strict error'],
  ['options that drop what they do not know', 'z.strictObject', 'z.object', '3 options-strict error'],
  ['an option without a description', ".describe('largest ratio that counts')", '', '4 option-described error'],
  ['an option without a default', '.default(2)', '', '4 option-default warning'],
  [
    'a metric without a meaning',
    "meaning: 'tokens whose ratio the cap holds'",
    "meaning: ''",
    '13 metric-described error',
  ],
  [
    'a metric in a result that is not declared',
    'metrics: { capped: tf',
    'metrics: { caped: tf',
    '19 metric-declared error',
  ],
  [
    'a quoted metric that is not declared',
    'metrics: { capped: tf',
    "metrics: { 'is-capped': tf",
    '19 metric-declared error',
  ],
  [
    'a recorded metric that is not declared',
    'create: ({ cap }) => ({',
    "inject: { metrics: tokens.metrics },\n  create: ({ cap }, { metrics }) => (metrics.record('cappd', 1), {",
    '17 metric-declared error',
  ],
  ['a metric that nothing records', /\n {6}metrics: \{ capped.*/, '', '13 metric-recorded warning'],
  ['a synchronous read', 'loss: tf.neg', 'no: ratio.dataSync(), loss: tf.neg', '18 synchronous-read error'],
  ['randomness of its own', 'ratio, cap)', 'ratio, cap + Math.random())', '18 own-randomness error'],
  [
    'an average in a loss per token',
    'tf.mul(tf.minimum(ratio, cap), advantages)',
    'tf.mul(tf.minimum(ratio, cap), tf.mean(advantages))',
    '18 average error',
  ],
  [
    'a division by what may be 0',
    'tf.minimum(ratio, cap)',
    'tf.div(ratio, tf.sum(ratio, 1, true))',
    '18 division warning',
  ],
  [
    'a chained division by what may be 0',
    'tf.minimum(ratio, cap)',
    'ratio.div(mask.sum(1, true))',
    '18 division warning',
  ],
  ['a console', 'create: ({ cap }) => ({', "create: ({ cap }) => (console.log('made'), {", '16 console warning'],
  [
    'inner matter of the engine',
    "from '@dapo/core';",
    "from '@dapo/core';\nconst other = () => import('@dapo/core/testing');",
    '2 import error',
  ],
  [
    'another plugin',
    "from '@dapo/core';",
    "from '@dapo/core';\nconst other = () => import('@dapo/plugins');",
    '2 import error',
  ],
  [
    'a package that nobody named',
    "from '@dapo/core';",
    "from '@dapo/core';\nconst other = () => import('left-pad');",
    '2 import error',
  ],
])('%s is found, with its line', async (_, from, to, finding) => {
  const findings = await found(from, to);
  expect(findings).toContain(finding);
  expect(findings.filter((line) => line.endsWith('error')).length).toBeLessThanOrEqual(1);
});

test('a second copy of what the engine shares is found, its types are not', async () => {
  expect(
    await found(
      "tf, tokens, z } from '@dapo/core';",
      "z } from '@dapo/core';\nimport * as tf from '@tensorflow/tfjs';",
    ),
  ).toEqual(['2 import error']);
  expect(
    await found("from '@dapo/core';", "from '@dapo/core';\nimport type { Tensor } from '@tensorflow/tfjs';"),
  ).toEqual([]);
  expect(await found("from '@dapo/core';", "from '@dapo/core';\nimport path from 'node:path';")).toEqual([]);
});

test('a package that package.json names may be imported, a development dependency may not', async () => {
  const more = "from '@dapo/core';\nconst other = () => import('left-pad/lib.js');";
  expect(
    await found("from '@dapo/core';", more, { 'package.json': '{ "dependencies": { "left-pad": "1" } }' }),
  ).toEqual([]);
  expect(
    await found("from '@dapo/core';", more, { 'package.json': '{ "devDependencies": { "left-pad": "1" } }' }),
  ).toEqual(['2 import error']);
});

test('a divisor that is kept from 0 is fine', async () => {
  for (const divisor of ['tf.maximum(tf.sum(ratio, 1, true), 1)', 'tf.add(tf.norm(ratio), 1e-6)', 'cap']) {
    expect(await found('tf.minimum(ratio, cap)', `tf.div(tf.minimum(ratio, cap), ${divisor})`)).toEqual([]);
    expect(await found('tf.minimum(ratio, cap)', `tf.sum(ratio).div(${divisor})`)).toEqual([]);
  }
});

test('metrics that are handed in, or that a type has, are none of a result', async () => {
  const guard = `import { definePlugin, type GuardAnswer } from '@dapo/core';

export default definePlugin({
  kind: 'guard',
  name: 'mine',
  summary: 'Looks at the loss.',
  source: { title: 'our own' },
  create: () => ({
    check: (_, { metrics: { 'update/loss': loss } }): GuardAnswer =>
      loss! > 9 ? { action: 'stop', reason: 'the loss is too high' } : 'continue',
  }),
});
`;
  expect(await lint(guard)).toEqual([]);
  const type = 'type Seen = { readonly metrics: { readonly [name: string]: number } };\n';
  expect(await lint(clean.replace('export default', `${type}export default`))).toEqual([]);
});

test('words in comments and texts are no code', async () => {
  const words =
    "// Math.random and x.dataSync(), import 'zod'\n/* console.log */ const text = `tf.mean(import('zod')) ${1}`; const pattern = /[\"'] Math.random/;";
  expect(await found("from '@dapo/core';", `from '@dapo/core';\n${words}`)).toEqual([]);
});

test('no test beside it, or one that does not ask for the contract', async () => {
  expect(await lint(clean, { 'mine.test.ts': '' })).toEqual(['1 test error']);
  expect(await lint(clean, { 'mine.test.ts': 'test();' })).toEqual(['1 test-contract warning']);
});

test('exports that are no plugin, not the default, or more than one', async () => {
  expect(await lint('export const x = 1;')).toEqual(['1 default-export error']);
  expect(await found('export default definePlugin', 'export const mine = definePlugin')).toEqual([
    '7 default-export error',
  ]);
  const second =
    "export const second = definePlugin({ kind: 'clip-rule', name: 'second', create: () => ({ perToken: ({ ratio }) => ratio }) });\n";
  expect(await found('export default definePlugin', `${second}export default definePlugin`)).toEqual([
    '7 one-plugin error',
  ]);
});

test('a file that does not load is one finding, at its line', async () => {
  expect(await found('create: (', 'create: : (')).toEqual(['16 loads error']);
  expect(await lint("import { definePlugin } from '@dapo/core';\nthrow new Error('no luck');\n")).toEqual([
    '2 loads error',
  ]);
});

test('in a package for others the declaration of its types is missed, in an experiment it is not', async () => {
  const field = '{ "dapo": { "engine": "*", "plugins": {} } }';
  expect(await lint(clean, { 'package.json': field })).toEqual(['22 declaration warning']);
  expect(
    await lint(`${clean}declare module '@dapo/core' { interface PluginCatalogue {} }\n`, {
      'package.json': field,
    }),
  ).toEqual([]);
});

test('much for one technique is told, too much is an error', async () => {
  expect(await lint(clean + '//\n'.repeat(200))).toEqual(['222 length warning']);
  expect(await lint(clean + '//\n'.repeat(300))).toEqual(['300 length error']);
});

test('imports are found with their lines, those of types marked', () => {
  const source = new SourceText(
    [
      "import a, {\n  b,\n} from 'x';",
      "import type { C } from 'y';",
      "export * from './z.js';",
      "import 'w';",
      "type T = typeof import('v');",
      'const q = "from \'nowhere\'";',
    ].join('\n'),
  );
  expect(source.imports).toEqual([
    { specifier: 'x', line: 1, typeOnly: false },
    { specifier: 'y', line: 4, typeOnly: true },
    { specifier: './z.js', line: 5, typeOnly: false },
    { specifier: 'w', line: 6, typeOnly: false },
    { specifier: 'v', line: 7, typeOnly: true },
  ]);
});

const root = fileURLToPath(new URL('../../../..', import.meta.url));

function pluginFiles(below: string, pattern: RegExp): string[] {
  return readdirSync(path.join(root, below), { recursive: true, encoding: 'utf8' })
    .filter((name) => pattern.test(name) && !name.endsWith('.test.ts') && !/node_modules|dist/.test(name))
    .map((name) => path.join(root, below, name));
}

test('what dapo plugin new writes is told nothing', async () => {
  for (const file of pluginFiles('packages/cli/skeletons', /^my-.*\.ts$/))
    expect([file, await lintPlugin(file)]).toEqual([file, []]);
});

test('no shipped plugin has an error', async () => {
  const { plugins } = await import('../../../plugins/src/index.js');
  const names = Object.values(plugins).flatMap((ofKind) => Object.keys(ofKind));
  const files = pluginFiles('packages/plugins/src', /\.ts$/).filter(
    (file) => names.includes(path.basename(file, '.ts')) && !/presets|\/(countdown|transformer)\//.test(file),
  );
  expect(files.length).toBeGreaterThanOrEqual(names.length);
  for (const file of files) {
    const errors = (await lintPlugin(file)).filter(({ level, rule }) => level === 'error' && rule !== 'default-export');
    expect([file, errors]).toEqual([file, []]);
  }
});
