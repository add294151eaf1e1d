import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const packages = ['core', 'plugins', 'cli', 'create-dapo'];
/** Outside of the checkout: nothing is found but what is installed. */
const outside = mkdtempSync(path.join(tmpdir(), 'dapo-packed-'));
const packs = path.join(outside, 'packs');
const home = path.join(outside, 'home');
const experiment = path.join(home, 'first');

/** Runs a program as a user would, without what vitest has set; its output, or an error that carries it. */
async function run(cwd: string, program: string, ...args: string[]): Promise<string> {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|VITE_|NODE_ENV|TEST|NODE_OPTIONS|FORCE_COLOR|npm_)/.test(name),
  );
  const env = { ...Object.fromEntries(own), NO_COLOR: '1' };
  const { stdout, stderr } = await promisify(execFile)(program, args, { cwd, env, maxBuffer: 2 ** 26 });
  return stdout + stderr;
}

/** From the cache of npm where it holds all, else the rest from the registry. */
async function install(): Promise<void> {
  const { devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    devDependencies: { vitest: string };
  };
  const what = [
    ...readdirSync(packs).map((name) => path.join(packs, name)),
    `vitest@${devDependencies.vitest}`,
  ];
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await run(home, 'npm', 'install', '--offline', ...flags, ...what).catch(() =>
    run(home, 'npm', 'install', '--prefer-offline', ...flags, ...what),
  );
}

beforeAll(async () => {
  for (const folder of [packs, home]) mkdirSync(folder);
  for (const name of packages)
    await run(path.join(root, 'packages', name), 'npm', 'pack', '--pack-destination', packs);
  writeFileSync(path.join(home, 'package.json'), '{ "private": true }\n');
  await install();
  await run(home, 'npx', 'create-dapo', 'first', '--template', 'arithmetic', '-y');
});

afterAll(() => rmSync(outside, { recursive: true, force: true }));

test('no package has tests of its own, sources of a build, or scripts that run at an install', async () => {
  for (const name of packages) {
    const folder = path.join(home, 'node_modules', name === 'create-dapo' ? name : `@dapo/${name}`);
    const { scripts = {} } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
      scripts?: object;
    };
    for (const script of ['preinstall', 'install', 'postinstall', 'prepare'])
      expect(scripts, name).not.toHaveProperty(script);
    const files = readdirSync(folder, { recursive: true })
      .map(String)
      .filter((file) => !/^(skeletons|templates)/.test(file));
    expect(
      files.filter((file) => /\.test\.[jt]s$|tsbuildinfo|(?<!\.d)\.ts$/.test(file)),
      name,
    ).toEqual([]);
  }
});

test('a new project installs nothing more, and its tests pass', async () => {
  expect(readdirSync(experiment)).not.toContain('node_modules');
  expect(await run(experiment, 'npm', 'test')).toMatch(/Tests +6 passed/);
  expect(await run(experiment, 'npm', 'run', 'check')).toContain('The config is valid');
});

test('a new plugin passes its test and its contract, and trains for three steps', async () => {
  await run(experiment, 'npx', 'dapo', 'plugin', 'new', 'clip-rule', 'my-clip');
  expect(await run(experiment, 'npx', 'vitest', 'run', 'plugins/my-clip.test.ts')).toMatch(
    /Tests +\d+ passed/,
  );
  expect(await run(experiment, 'npx', 'dapo', 'plugin', 'test')).toMatch(
    /^holds clip-rule my-clip on wasm .*: \d+ checks$/m,
  );
  const trained = await run(
    experiment,
    'npx',
    'dapo',
    'train',
    '--steps',
    '3',
    '--set',
    'loss.clip=./plugins/my-clip.ts',
    '--out',
    'runs/first',
  );
  expect(trained).toMatch(/^Finished 3 rollout steps in /m);
  const records = readFileSync(path.join(experiment, 'runs/first/metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; metrics: object });
  const steps = records.filter(({ kind }) => kind === 'step');
  expect(steps).toHaveLength(3);
  expect(steps[0]!.metrics).toHaveProperty('loss/capped');
});

test('the lists and templates travel in the packages', async () => {
  expect(await run(home, 'npx', 'dapo', 'plugins', 'clip-higher')).toContain('ε_high');
  expect(await run(home, 'npx', 'dapo', 'init', '--list')).toMatch(/^arithmetic /m);
});
