import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRun, kinds, type Kind, type Metrics, type UserConfig } from '@dapo/core';
import { testingManifest } from '@dapo/core/testing';
import { afterAll, expect, test } from 'vitest';
import pluginsManifest from '../../packages/plugins/src/index.js';
import { smallWorld } from '../techniques/tabular-run.js';
import { dapo, temporaryFolder } from './dapo-process.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
mkdirSync(path.join(root, 'runs'), { recursive: true });
/** In the checkout, as an experiment is in a folder that has the engine installed: @dapo/core is found from it. */
const experiment = mkdtempSync(path.join(root, 'runs', 'plugin-new-'));
afterAll(() => rmSync(experiment, { recursive: true, force: true }));

/** Of the small world, what has to be another for a plugin of the kind. */
const surroundings: Readonly<Partial<Record<Kind, (use: string) => object>>> = {
  prompts: (use) => ({
    prompts: { train: { use } },
    tokenizer: { use: 'character', characters: '0123456789+=' },
    policy: { use: 'tabular', vocabularySize: 13, prompts: 4, length: 10 },
  }),
  tokenizer: (use) => ({
    tokenizer: { use },
    policy: { use: 'tabular', vocabularySize: 257, prompts: 4, length: 6 },
  }),
  reward: (use) => ({ rewards: { answer: use } }),
  filter: (use) => ({ filters: { short: use } }),
  signal: (use) => ({ signals: { reference: use }, loss: { kl: 'k2' } }),
  guard: (use) => ({ guards: { floor: use } }),
  tracker: (use) => ({ trackers: { console: false, jsonl: false, table: use } }),
  'ratio-level': (use) => ({ loss: { ratio: use } }),
  'clip-rule': (use) => ({ loss: { clip: use } }),
  'kl-term': (use) => ({ signals: { reference: 'reference' }, loss: { kl: use } }),
};

/** Trains three steps of the small world with a plugin file. */
async function trainWith(kind: Kind, file: string): Promise<Metrics[]> {
  const around = surroundings[kind]?.(file) ?? { [kind]: { use: file } };
  const config = { extends: 'grpo', ...smallWorld, ...around } as unknown as UserConfig;
  const run = await createRun(config, {
    manifests: [testingManifest, pluginsManifest],
    folder: path.join(experiment, 'runs', path.basename(file, '.ts')),
    print: () => undefined,
  });
  const steps: Metrics[] = [];
  run.on('step:finished', ({ metrics }: { metrics: Metrics }) => steps.push(metrics));
  await run.train();
  await run.dispose();
  return steps;
}

test.each(Object.keys(kinds) as Kind[])(
  'a new %s is a working plugin, with its test and its line of config',
  async (kind) => {
    const name = `new-${kind}`;
    const { code, stdout, stderr } = await dapo(['plugin', 'new', kind, name], { cwd: experiment });
    expect([code, stderr]).toEqual([0, '']);
    const file = path.join(experiment, `plugins/${name}.ts`);
    const [source, its] = [readFileSync(file, 'utf8'), readFileSync(file.replace('.ts', '.test.ts'), 'utf8')];
    expect(source).toMatch(new RegExp(`kind: '${kind}',\n  name: '${name}',\n  summary:\\s+['"]`));
    for (const part of ['options', 'source: {', '.describe(', '/** With `plugins:'])
      expect(source, part).toContain(part);
    expect(source + its).not.toContain(`my-${kind}`);
    expect(its).toContain('describeContract(plugin);');
    expect(stdout).toContain(`'./plugins/${name}.ts'`);

    const steps = await trainWith(kind, file);
    expect(steps).toHaveLength(3);
    for (const metrics of steps) {
      for (const [metric, value] of Object.entries(metrics)) expect(Number.isFinite(value), metric).toBe(true);
    }
  },
);

test('what a plugin says it measures stands among the metrics of the run', async () => {
  await dapo(['plugin', 'new', 'clip-rule', 'measuring'], { cwd: experiment });
  const [step] = await trainWith('clip-rule', path.join(experiment, 'plugins/measuring.ts'));
  expect(step).toHaveProperty('loss/capped');
  expect(readFileSync(path.join(experiment, 'runs/new-tracker/steps.tsv'), 'utf8')).toMatch(
    /^step\treward\/mean\tupdate\/loss\n1\t/,
  );
});

test('the line of config is one that the config takes', async () => {
  const cwd = mkdtempSync(path.join(experiment, 'config-'));
  for (const kind of ['clip-rule', 'kl-term', 'reward', 'filter', 'schedule', 'prompts']) {
    const made = await dapo(['plugin', 'new', kind, 'of-my-own', '--json'], {
      cwd: mkdtempSync(path.join(cwd, 'x-')),
    });
    const { config, next } = JSON.parse(made.stdout) as { config: string; next: string[] };
    const folder = mkdtempSync(path.join(cwd, 'y-'));
    await dapo(['plugin', 'new', kind, 'of-my-own'], { cwd: folder });
    const held = kind === 'prompts' ? '' : "prompts: { train: 'arithmetic' },";
    writeFileSync(path.join(folder, 'dapo.config.ts'), `export default { extends: 'dapo', ${held} ${config} };\n`);
    const { stdout } = await dapo(['validate'], { cwd: folder });
    expect([kind, stdout]).toEqual([kind, expect.stringMatching(/^(warning:[^]*)?The config is valid/)]);
    expect(next.at(-1)).toMatch(/^npx dapo train --set .*of-my-own\.ts --steps 3$/);
  }
});

test('of many files one that does not load is told, and a promise that nothing settles is found; the others are tested', async () => {
  const cwd = mkdtempSync(path.join(experiment, 'faulty-'));
  await dapo(['plugin', 'new', 'filter', 'fine'], { cwd });
  const plugin = (kind: string, name: string, of: string) =>
    `import { definePlugin } from '@dapo/core';\nexport default definePlugin({ kind: '${kind}' as 'reward', name: '${name}', create: () => ({ ${of} }) });\n`;
  writeFileSync(path.join(cwd, 'plugins/a-throws.ts'), `throw new Error('boom'); // definePlugin`);
  writeFileSync(
    path.join(cwd, 'plugins/b-never.ts'),
    plugin('reward', 'never', 'score: () => new Promise<never>(() => {})'),
  );
  const { code, stdout, stderr } = await dapo(['plugin', 'test', '--backend', 'cpu'], { cwd });
  expect(code).toBe(1);
  expect(stderr).toContain('plugins/a-throws.ts: error: ');
  expect(stdout).toMatch(
    /^broken reward never on cpu [^]*: reward never gave a promise in a check that nothing will ever settle\./m,
  );
  expect(stdout).toMatch(/^holds filter fine on cpu/m);

  writeFileSync(path.join(cwd, 'plugins/c-kind.ts'), plugin('rewards', 'misspelt', 'score: () => []'));
  const misspelt = await dapo(['plugin', 'test', 'plugins/c-kind.ts', '--backend', 'cpu'], { cwd });
  expect(misspelt.stdout).toContain('is not well defined: there is no kind «rewards»');
  const named = await dapo(['validate', '--preset', 'dapo', '--set', 'rewards.answer=./plugins/c-kind.ts'], { cwd });
  expect(named.code).not.toBe(0);
  for (const [args, said] of [
    [['plugin', 'test', 'plugins'], 'plugins is a folder. DAPO_CLI_PLUGIN_IS_FOLDER'],
    [['plugin', 'lint', 'plugins'], 'name its files: plugins/a-throws.ts plugins/b-never.ts'],
    [['plugins', './plugins'], 'DAPO_CLI_PLUGIN_IS_FOLDER'],
    [['plugin', 'test', 'plugins/fine.test.ts'], 'npx vitest run plugins/fine.test.ts'],
    [['plugin', 'test', 'clip-higher'], 'what ships is tested already'],
  ] as const) {
    const refused = await dapo(args, { cwd });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(said)]);
  }
});

test('the config that the line belongs in is named, or that there is none', async () => {
  const cwd = mkdtempSync(path.join(experiment, 'where-'));
  const where = async () => (await dapo(['plugin', 'new', 'filter', 'short', '--dry-run'], { cwd })).stdout;
  expect(await where()).toContain('\nIn a config, of which there is none here (npx dapo init begins an experiment):\n');
  writeFileSync(path.join(cwd, 'package.json'), '{ "name": "x" }');
  expect(await where()).toContain('none here');
  writeFileSync(path.join(cwd, 'package.json'), '{ "dapo": { "extends": "dapo" } }');
  expect(await where()).toContain('\nIn package.json:\n');
  writeFileSync(path.join(cwd, 'dapo.config.yaml'), 'extends: dapo\n');
  expect(await where()).toContain("\nIn dapo.config.yaml:\n  filters: { short: './plugins/short.ts' }\n");
  writeFileSync(path.join(cwd, 'package.json'), '{ "dapo": { "engine": "^0.1.0", "plugins": {} } }');
  rmSync(path.join(cwd, 'dapo.config.yaml'));
  writeFileSync(path.join(cwd, 'dapo.config.json'), '{}');
  expect(await where()).toContain('\nIn dapo.config.json:\n  "filters": { "short": "short" }\n');
  rmSync(path.join(cwd, 'dapo.config.json'));
  expect(await where()).toContain('none here');
});

test('with its declaration the name completes and a wrong option is a compile error', () => {
  writeFileSync(
    path.join(experiment, 'typed.ts'),
    [
      "import { defineConfig } from '@dapo/core';",
      "import './plugins/new-clip-rule.js';",
      "export const right = defineConfig({ loss: { use: 'policy-gradient', clip: { use: 'new-clip-rule', cap: 3 } } });",
      '// @ts-expect-error -- the option is called cap',
      "export const wrong = defineConfig({ loss: { use: 'policy-gradient', clip: { use: 'new-clip-rule', top: 3 } } });",
      "import '@dapo/plugins';",
    ].join('\n'),
  );
  const compilerOptions = {
    module: 'NodeNext',
    target: 'ES2022',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  writeFileSync(path.join(experiment, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['typed.ts'] }));
  const { status, stdout } = spawnSync(process.execPath, [
    path.join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    experiment,
  ]);
  expect([status, stdout.toString()]).toEqual([0, '']);
});

test('nothing is overwritten, and a dry run writes nothing', async () => {
  const cwd = temporaryFolder();
  expect((await dapo(['plugin', 'new', 'reward', 'mine', '--dry-run'], { cwd })).code).toBe(0);
  expect(existsSync(path.join(cwd, 'plugins'))).toBe(false);
  mkdirSync(path.join(cwd, 'plugins'));
  writeFileSync(path.join(cwd, 'plugins/mine.test.ts'), 'mine');
  const { code, stderr } = await dapo(['plugin', 'new', 'reward', 'mine'], { cwd });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^error: Nothing was written: plugins\/mine\.test\.ts is there already\. DAPO_CLI_FILES_THERE\n/,
  );
  expect(readdirSync(path.join(cwd, 'plugins'))).toEqual(['mine.test.ts']);
});

test.each([
  [['clip-rul', 'mine'], /no kind of plugin «clip-rul»[^]*nearest: {2}clip-rule\n/],
  [['reward', 'MyReward'], /«MyReward» can't be the name of a plugin[^]*nearest: {2}my-reward\n/],
  [['reward', '../mine'], /«\.\.\/mine» can't be the name of a plugin/],
])('dapo plugin new %j is refused, with what was meant', async (args, message) => {
  const { code, stderr } = await dapo(['plugin', 'new', ...args], { cwd: temporaryFolder() });
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
});

test('dapo plugin test names each check that does not hold, in a sentence, on every backend', async () => {
  const cwd = mkdtempSync(path.join(experiment, 'broken-'));
  await dapo(['plugin', 'new', 'clip-rule', 'fine'], { cwd });
  writeFileSync(
    path.join(cwd, 'plugins/broken.ts'),
    `import { definePlugin, tf } from '@dapo/core';
export default definePlugin({
  kind: 'clip-rule',
  name: 'broken',
  create: () => ({ perToken: ({ ratio, advantages }) => tf.neg(tf.mul(ratio, tf.mean(advantages))) }),
});
`,
  );
  const { code, stdout, stderr } = await dapo(['plugin', 'test'], { cwd });
  expect([code, stderr]).toEqual([1, '']);
  for (const backend of ['cpu', 'wasm']) {
    expect(stdout).toMatch(new RegExp(`^holds clip-rule fine on ${backend} plugins/fine\\.ts: \\d+ checks$`, 'm'));
    expect(stdout).toMatch(
      new RegExp(
        `^broken clip-rule broken on ${backend} plugins/broken\\.ts: \\d+ of \\d+ checks.*\\n( {2}.+: .+\\n)+`,
        'm',
      ),
    );
  }
  const json = await dapo(['plugin', 'test', 'plugins/fine.ts', '--backend', 'cpu', '--json'], { cwd });
  expect(JSON.parse(json.stdout)).toMatchObject([{ plugin: 'clip-rule fine', backend: 'cpu', failures: [] }]);
});

test.each([
  [['nothing.ts'], /nothing\.ts/],
  [[], /There are no plugins in plugins\/\. DAPO_CLI_NO_PLUGIN_FILES\n/],
  [['plain.ts'], /There is no plugin in plain\.ts\. DAPO_CLI_NO_PLUGIN\n/],
  [['plain.ts', '--options', 'least=2'], /--options can't be read: least=2 DAPO_CLI_OPTIONS\n/],
])('dapo plugin test %j says what is wrong', async (args, message) => {
  const cwd = temporaryFolder({ 'plain.ts': 'export const x = 1;\n' });
  const { code, stderr } = await dapo(['plugin', 'test', ...args], { cwd });
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain('This is a bug');
});
