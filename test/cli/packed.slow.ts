import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const packages = ['core', 'plugins', 'cli', 'create-dapo'];
/** Outside of the checkout: nothing is found but what is installed. */
const outside = mkdtempSync(path.join(tmpdir(), 'dapo-packed-'));
const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
const packs = path.join(outside, 'packs');
const home = path.join(outside, 'home');

interface PackageJson {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const packageJsonOf = (folder: string): PackageJson =>
  JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as PackageJson;

/** Every folder of templates/ that is one: a new template is tested without a line here. */
const templates = readdirSync(path.join(root, 'templates')).filter((name) =>
  existsSync(path.join(root, 'templates', name, 'package.json')),
);

/** Runs a program as a user would, without what vitest has set; its output, or an error that carries it. */
async function run(cwd: string, program: string, ...args: string[]): Promise<string> {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|VITE_|NODE_ENV|TEST|NODE_OPTIONS|FORCE_COLOR|npm_)/.test(name),
  );
  const env = { ...Object.fromEntries(own), NO_COLOR: '1' };
  const { stdout, stderr } = await promisify(execFile)(program, args, { cwd, env, maxBuffer: 2 ** 26 });
  return stdout + stderr;
}

/** What the templates want beside the engine, under the ranges that they name. */
function templateNeeds(): string[] {
  const named = templates.flatMap((name) => {
    const { dependencies, devDependencies } = packageJsonOf(path.join(root, 'templates', name));
    return Object.entries({ ...dependencies, ...devDependencies });
  });
  const foreign = named.filter(([name]) => !name.startsWith('@dapo/'));
  return [...new Map(foreign)].map(([name, range]) => `${name}@${range}`);
}

/** From the cache of npm where it holds all, else the rest from the registry. */
async function install(): Promise<void> {
  const what = [...readdirSync(packs).map((name) => path.join(packs, name)), ...templateNeeds()];
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await run(home, 'npm', 'install', '--offline', ...flags, ...what).catch(() =>
    run(home, 'npm', 'install', '--prefer-offline', ...flags, ...what),
  );
}

/** Training steps in the longest run that a project has made. */
function stepsTrained(project: string): number {
  const runs = readdirSync(project, { recursive: true })
    .map(String)
    .filter((file) => path.basename(file) === 'metrics.jsonl');
  const steps = runs.map((file) => {
    const lines = readFileSync(path.join(project, file), 'utf8').trim().split('\n');
    return lines.filter((line) => (JSON.parse(line) as { kind: string }).kind === 'step').length;
  });
  return Math.max(0, ...steps);
}

beforeAll(async () => {
  for (const folder of [packs, home]) mkdirSync(folder);
  for (const name of packages) await run(path.join(root, 'packages', name), 'npm', 'pack', '--pack-destination', packs);
  writeFileSync(path.join(home, 'package.json'), '{ "private": true }\n');
  await install();
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

describe.each(templates)('the template %s, as a user runs it', (template) => {
  const project = path.join(home, template);

  test('init writes a project that needs nothing else', async () => {
    const written = await run(home, 'npx', 'dapo', 'init', template, '--template', template, '--yes');
    expect(written).toMatch(new RegExp(`\\nNext:\n  cd ${template}\n  npm install\n  npm test\n`));
    expect(readdirSync(project)).not.toContain('node_modules');
    for (const script of ['test', 'check', 'smoke']) expect(packageJsonOf(project).scripts).toHaveProperty(script);
  });

  test('its tests pass, its config is valid, and an editor finds no fault with its types', async () => {
    expect(await run(project, 'npm', 'test')).toMatch(/Tests +\d+ passed \(\d+\)/);
    expect(await run(project, 'npm', 'run', 'check')).toContain('The config is valid');
    expect(await run(project, process.execPath, tsc, '-p', '.', '--noEmit')).toBe('');
  });

  test('it trains for three steps', async () => {
    await run(project, 'npm', 'run', 'smoke');
    expect(stepsTrained(project)).toBe(3);
  });
});

test('npm create dapo does the same as dapo init', async () => {
  await run(home, 'npx', 'create-dapo', 'created', '--template', 'arithmetic', '-y');
  const [created, made] = ['created', 'arithmetic'].map((name) => readdirSync(path.join(home, name)));
  const leftByRuns = ['node_modules', 'runs'];
  expect(created).toEqual(made!.filter((name) => !leftByRuns.includes(name)));
});

test('a new plugin passes its test and its contract, and trains for three steps', async () => {
  const project = path.join(home, 'created');
  await run(project, 'npx', 'dapo', 'plugin', 'new', 'clip-rule', 'my-clip');
  expect(await run(project, 'npx', 'vitest', 'run', 'plugins/my-clip.test.ts')).toMatch(/Tests +\d+ passed/);
  expect(await run(project, 'npx', 'dapo', 'plugin', 'test')).toMatch(
    /^holds clip-rule my-clip on wasm .*: \d+ checks$/m,
  );
  await run(project, 'npm', 'run', 'smoke', '--', '--set', 'loss.clip=./plugins/my-clip.ts', '--out', 'runs/first');
  expect(stepsTrained(project)).toBe(3);
  expect(readFileSync(path.join(project, 'runs/first/metrics.jsonl'), 'utf8')).toContain('"loss/capped"');
});

test('the lists and templates travel in the packages', async () => {
  expect(await run(home, 'npx', 'dapo', 'plugins', 'clip-higher')).toContain('ε_high');
  const listed = await run(home, 'npx', 'dapo', 'init', '--list');
  for (const template of templates) expect(listed).toMatch(new RegExp(`^${template} `, 'm'));
});
