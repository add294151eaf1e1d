import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Outside of the checkout: nothing is found but what is installed. */
const outside = mkdtempSync(path.join(tmpdir(), 'dapo-backend-'));
const project = path.join(outside, 'project');
const PACKAGE = 'node_modules/@tensorflow/tfjs-node-gpu';
const QUIET = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
const PIP_MINUTES = 5;

/** Runs a program as a user would, without what vitest has set. */
async function run(cwd: string, program: string, args: string[], more: NodeJS.ProcessEnv = {}) {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|VITE_|NODE_ENV|NODE_PATH|TEST|NODE_OPTIONS|FORCE_COLOR|npm_)/.test(name),
  );
  const env = { ...Object.fromEntries(own), NO_COLOR: '1', ...more };
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, { cwd, env, maxBuffer: 2 ** 26 });
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, text: `${stdout}${stderr}` };
  }
}

const dapo = (args: string[], env?: NodeJS.ProcessEnv) =>
  run(project, path.join(project, 'node_modules/.bin/dapo'), args, env);

function hasWheel(python: string): Promise<boolean> {
  const probe = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("tensorflow") is None)';
  return succeeds(python, ['-c', probe]);
}

async function succeeds(program: string, args: string[], minutes = 1): Promise<boolean> {
  const end = promisify(execFile)(program, args, { timeout: minutes * 60_000, maxBuffer: 2 ** 26 });
  return end.then(
    () => true,
    () => false,
  );
}

/** DAPO_TEST_PYTHON, python3, or a fresh environment of it that pip fills; undefined where none gets the wheel. */
async function pythonWithWheel(): Promise<string | undefined> {
  for (const python of [process.env['DAPO_TEST_PYTHON'], 'python3']) {
    if (python && (await hasWheel(python))) return python;
  }
  const venv = path.join(outside, 'venv');
  const python = path.join(venv, 'bin/python');
  if (!(await succeeds('python3', ['-m', 'venv', venv]))) return undefined;
  const pip = ['-m', 'pip', 'install', '--quiet', '--retries', '0', '--timeout', '20', 'tensorflow-cpu'];
  return (await succeeds(python, pip, PIP_MINUTES)) && (await hasWheel(python)) ? python : undefined;
}

const canBuild =
  process.platform === 'linux' && (await succeeds('make', ['--version'])) && (await succeeds('c++', ['--version']));
const python = canBuild ? await pythonWithWheel() : undefined;
if (!python) console.log('backend-install: no python with a tensorflow wheel and a compiler; skipped');

beforeAll(async () => {
  mkdirSync(project);
  writeFileSync(path.join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  for (const name of ['core', 'plugins', 'cli'])
    await run(path.join(root, 'packages', name), 'npm', ['pack', '--pack-destination', outside]);
  const packs = readdirSync(outside).filter((name) => name.endsWith('.tgz'));
  const args = (from: string) => ['install', from, ...QUIET, ...packs.map((name) => path.join(outside, name))];
  const offline = await run(project, 'npm', args('--offline'));
  if (offline.code !== 0) expect(await run(project, 'npm', args('--prefer-offline'))).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(outside, { recursive: true, force: true }));

describe('where the download is refused', () => {
  let storage: Server;
  let address: string;
  beforeAll(async () => {
    storage = createServer((_, response) => response.writeHead(403).end('<Error>AccessDenied</Error>'));
    await new Promise<void>((resolve) => storage.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(storage.address() as AddressInfo).port}/libtensorflow-`;
  });
  afterAll(() => void storage.close());

  test('the command says so, and the project is as it was', async () => {
    const before = readFileSync(path.join(project, 'package.json'), 'utf8');
    const { code, text } = await dapo(['backend', 'install', 'tensorflow', '--from', 'download'], {
      TFJS_NODE_BASE_URI: address,
      http_proxy: '',
      https_proxy: '',
      HTTP_PROXY: '',
      HTTPS_PROXY: '',
    });
    expect(text).toContain('DAPO_CLI_BACKEND_DOWNLOAD_REFUSED');
    expect(code).toBe(1);
    expect(readFileSync(path.join(project, 'package.json'), 'utf8')).toBe(before);
    expect(existsSync(path.join(project, PACKAGE))).toBe(false);
    expect(existsSync(path.join(project, 'node_modules/.dapo-tensorflow'))).toBe(false);
  });

  test('doctor tells a package whose install script did not run from one that is not there', async () => {
    expect((await dapo(['doctor'])).text).toMatch(/✗ {2}tensorflow +@tensorflow\/tfjs-node-gpu is not installed/);
    await run(project, 'npm', [
      'install',
      '--no-save',
      '--prefer-offline',
      ...QUIET,
      '@tensorflow/tfjs-node-gpu@4.22.0',
    ]);
    expect((await dapo(['doctor'])).text).toMatch(/✗ {2}tensorflow +.*its install script was not run/);
  });
});

describe.skipIf(!python)('against the libtensorflow of a Python', () => {
  test('the command builds the binding, and the package is there without a trace of how', async () => {
    const { code, text } = await dapo(['backend', 'install', 'tensorflow', '--python', python!]);
    expect(text).toMatch(/tensorflow works: TensorFlow \d+\.\d+\.\S+ on the [CG]PU, built against/);
    expect(code).toBe(0);
    expect(existsSync(path.join(project, 'node_modules/.dapo-tensorflow'))).toBe(false);
  });

  test('doctor finds it and measures it', async () => {
    const { text } = await dapo(['doctor', '--backend', 'tensorflow']);
    expect(text).toMatch(/✓ {2}tensorflow +TensorFlow \d+\.\d+\.\S+ on the [CG]PU/);
    expect(text).toMatch(/speed +\d+\.\d GFLOP\/s/);
  });

  test('the golden numbers and the contracts of all plugins hold on it', async () => {
    const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
    const args = [vitest, 'run', '--root', root, '--project', 'fast', 'test/golden', 'test/contracts/every-plugin'];
    // The checkout itself stays without the package.
    const env = { GOLDEN_BACKEND: 'tensorflow', NODE_PATH: path.join(project, 'node_modules') };
    const { code, text } = await run(root, process.execPath, args, env);
    expect(text).not.toContain('not tried on tensorflow');
    expect([code, text.match(/Tests +(\d+) passed \(\1\)/)?.[0] ?? text.slice(-3000)]).toEqual([
      0,
      expect.stringMatching(/^Tests +\d{4} passed/),
    ]);
  });

  test('a run trains on it', async () => {
    await dapo(['init', 'sums', '--template', 'arithmetic', '--yes']);
    const { code, text } = await run(path.join(project, 'sums'), path.join(project, 'node_modules/.bin/dapo'), [
      ...['train', '--backend', 'tensorflow', '--steps', '3', '--json', '--set', 'evaluation.every=0'],
    ]);
    expect(text).toContain('"kind":"step"');
    expect(code).toBe(0);
  });
});
