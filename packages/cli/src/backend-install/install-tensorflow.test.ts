import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installTensorFlow, type Clean, type Surroundings } from './install-tensorflow.js';
import { PACKAGE, VERSION } from './package-facts.js';
import { placeAround } from './place.js';
import type { CommandEnd, RunCommand } from './run-command.js';

let root: string;
const at = (...names: string[]): string => path.join(root, ...names);
const put = (file: string, text = ''): void => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
};

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'dapo-install-'));
  put(at('package.json'), '{}');
  put(at('node_modules/@tensorflow/tfjs/package.json'), '{}');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const place = () => placeAround(at('node_modules/@tensorflow/tfjs/package.json'));
const target = (): string => at('node_modules', PACKAGE);
const right = { product: [7, 10, 15, 22], gradient: [7, 11, 9, 13], gpu: false, version: '2.9.1' };

/** What the world answers; a road that is not named here fails. */
interface World {
  readonly npm?: boolean;
  readonly download?: boolean;
  /** By the folder that computes: in the stage, or in place. */
  readonly computes?: (folder: string) => object | undefined | Promise<object | undefined>;
  readonly calls?: string[];
}

function world({ npm = true, download = true, computes = () => right, calls = [] }: World): RunCommand {
  const end = (code: number, said = '', stdout = ''): CommandEnd => ({ code, said, stdout });
  return async (program, args, { cwd = '' } = {}) => {
    calls.push([path.basename(program), ...args.map((arg) => path.basename(arg))].join(' '));
    if (program === 'npm' && args[0] === 'install') {
      if (!npm) return end(1, 'npm error network');
      const folder = path.join(cwd, 'node_modules', PACKAGE);
      const version = args.find((arg) => arg.startsWith(`${PACKAGE}@`))!.slice(PACKAGE.length + 1);
      // Another version is laid anew: nothing stays of what was in its folder.
      rmSync(folder, { recursive: true, force: true });
      put(path.join(folder, 'package.json'), `{ "version": "${version}" }`);
      if (args.includes('node-api-headers@1')) put(path.join(cwd, 'node_modules/node-api-headers/include/node_api.h'));
      return end(0);
    }
    if (program === 'npm' && args[0] === 'uninstall') {
      rmSync(path.join(cwd, 'node_modules', PACKAGE), { recursive: true });
      return end(0);
    }
    if (args[0] === 'scripts/install.js') {
      put(path.join(cwd, 'deps/lib/libtensorflow.so'), download ? 'new' : '');
      if (!download)
        return end(1, 'Error: getaddrinfo ENOTFOUND storage.googleapis.com\n    at Socket.on (node:net:1)');
      put(path.join(cwd, 'lib/napi-v8/tfjs_binding.node'), 'new');
      return end(0);
    }
    const computed = await computes(args[1]!);
    return computed ? end(0, '', `hello\n${JSON.stringify(computed)}\n`) : end(1, 'Illegal instruction');
  };
}

const install = (given: World, save = true, onKill: Surroundings['onKill'] = () => {}) =>
  installTensorFlow({ from: 'download', save }, { place: place(), run: world(given), say: () => {}, onKill });
const aside = (folder: string): boolean => folder.includes('.dapo-tensorflow');
const binding = (): string => readFileSync(path.join(target(), 'lib/napi-v8/tfjs_binding.node'), 'utf8');

test('what computes aside is moved into place, and the stage is gone', async () => {
  const calls: string[] = [];
  expect(await install({ calls })).toMatchObject({ version: '2.9.1', gpu: false, road: { from: 'download' } });
  expect(readFileSync(path.join(target(), 'lib/napi-v8/tfjs_binding.node'), 'utf8')).toBe('new');
  expect(existsSync(path.join(target(), 'deps/lib/libtensorflow.so'))).toBe(true);
  expect(readdirSync(at('node_modules'))).toEqual(['@tensorflow']);
  expect(calls.filter((call) => call.includes('--save-exact'))).toHaveLength(1);
});

test('a package that is there without its binary gets one, and npm is not asked to change the project', async () => {
  put(path.join(target(), 'package.json'), `{ "version": "${VERSION}" }`);
  const calls: string[] = [];
  await install({ calls });
  expect(calls.filter((call) => call.startsWith('npm install'))).toHaveLength(1);
  expect(existsSync(path.join(target(), 'lib/napi-v8/tfjs_binding.node'))).toBe(true);
});

test.each<[string, World, string]>([
  ['the registry is not reached', { npm: false }, 'DAPO_CLI_BACKEND_NPM_FAILED'],
  ['the download is refused', { download: false }, 'DAPO_CLI_BACKEND_DOWNLOAD_REFUSED'],
  ['the binding does not compute', { computes: () => undefined }, 'DAPO_CLI_BACKEND_CHECK_FAILED'],
  ['it computes wrong', { computes: () => ({ ...right, gradient: [0, 0, 0, 0] }) }, 'DAPO_CLI_BACKEND_CHECK_FAILED'],
  [
    'it computes aside and not in place',
    { computes: (folder) => (folder.includes('.dapo-tensorflow') ? right : undefined) },
    'DAPO_CLI_BACKEND_CHECK_FAILED',
  ],
])('where %s, everything is as it was', async (_, given, code) => {
  await expect(install(given)).rejects.toMatchObject({ code });
  expect(existsSync(target())).toBe(false);
  expect(readdirSync(at('node_modules'))).toEqual(['@tensorflow']);
});

test('where a new binding does not compute in place, the earlier one is brought back', async () => {
  put(path.join(target(), 'package.json'), `{ "version": "${VERSION}" }`);
  put(path.join(target(), 'lib/napi-v8/tfjs_binding.node'), 'earlier');
  await expect(
    install({ computes: (folder) => (folder.includes('.dapo-tensorflow') ? right : undefined) }),
  ).rejects.toMatchObject({ code: 'DAPO_CLI_BACKEND_CHECK_FAILED' });
  expect(readFileSync(path.join(target(), 'lib/napi-v8/tfjs_binding.node'), 'utf8')).toBe('earlier');
  expect(existsSync(path.join(target(), 'deps'))).toBe(false);
});

test('where another version was there, that is brought back with its binding', async () => {
  put(path.join(target(), 'package.json'), '{ "version": "4.20.0" }');
  put(path.join(target(), 'lib/napi-v8/tfjs_binding.node'), 'earlier');
  await expect(install({ computes: (folder) => (aside(folder) ? right : undefined) })).rejects.toMatchObject({
    code: 'DAPO_CLI_BACKEND_CHECK_FAILED',
  });
  expect(place().installed).toBe('4.20.0');
  expect(binding()).toBe('earlier');
});

test('where the binding can not be moved into place, what was added is taken out again', async () => {
  const computes = (folder: string): object => {
    rmSync(path.join(folder, 'lib'), { recursive: true });
    return right;
  };
  await expect(install({ computes })).rejects.toMatchObject({ code: 'ENOENT' });
  expect(existsSync(target())).toBe(false);
  expect(readdirSync(at('node_modules'))).toEqual(['@tensorflow']);
});

test.each([
  ['binding', VERSION, 0],
  ['version with its binding', '4.20.0', 1],
])('a kill during the last check brings the earlier %s back, once', async (_, version, restored) => {
  put(path.join(target(), 'package.json'), `{ "version": "${version}" }`);
  put(path.join(target(), 'lib/napi-v8/tfjs_binding.node'), 'earlier');
  let clean: Clean | undefined;
  const seen: string[] = [];
  const calls: string[] = [];
  const killed = async (folder: string): Promise<object | undefined> => {
    if (aside(folder)) return right;
    seen.push(binding());
    await clean!();
    seen.push(binding());
    return undefined;
  };
  await expect(install({ computes: killed, calls }, true, (left) => (clean = left))).rejects.toThrow();
  expect(seen).toEqual(['new', 'earlier']);
  expect(place().installed).toBe(version);
  expect(calls.filter((call) => call.endsWith('tfjs-node-gpu@4.20.0'))).toHaveLength(restored);
  expect(readdirSync(at('node_modules'))).toEqual(['@tensorflow']);
});

test('a refused download says what the network said, without the stack of its program', async () => {
  const error = await install({ download: false }).catch((reason: unknown) => reason);
  expect((error as Error).message).toContain('ENOTFOUND storage.googleapis.com');
  expect((error as Error).message).not.toContain('node:net');
});

test('an engine outside of an npm project is told so', () => {
  rmSync(at('package.json'));
  expect(place).toThrow(expect.objectContaining({ code: 'DAPO_CLI_BACKEND_NO_PROJECT' }));
});
