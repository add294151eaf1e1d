import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inFolder } from './libtensorflow.js';
import { folderOfHeaders, nodeFolder } from './node-headers.js';
import { findRoads, type Wanted } from './roads.js';
import type { RunCommand } from './run-command.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'dapo-roads-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(...files: string[]): void {
  for (const name of files) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), '');
  }
}

const headers = ['include/tensorflow/c/c_api.h', 'include/tensorflow/c/eager/c_api.h'];
const wheel = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2', ...headers];
const system = ['lib/libtensorflow.so.2', 'lib/libtensorflow.so', 'lib/libtensorflow_framework.so', ...headers];

/** A machine with these programs; python3 has the wheel of the folder if there is one. */
function machine(programs: readonly string[], wheelOf?: string): RunCommand {
  return async (program, args) => {
    if (!programs.includes(program)) return { code: undefined, stdout: '', said: '' };
    const found = { folder: program === wheelOf ? folder : null, version: '2.21.0' };
    return { code: 0, stdout: args[0] === '-c' ? JSON.stringify(found) : '', said: '' };
  };
}

const all = ['make', 'c++', 'python3', 'python'];
const roads = (wanted: Wanted, run: RunCommand, platform: NodeJS.Platform = 'linux') =>
  findRoads(wanted, { run, platform, system: () => ({ missing: 'there is none of the system' }) });
const names = async (...given: Parameters<typeof roads>) => (await roads(...given)).open.map(({ from }) => from);

test('a wheel of python3 goes before the download', async () => {
  put(...wheel);
  const { open, closed } = await roads({}, machine(all, 'python3'));
  expect(open).toMatchObject([
    { from: 'python', library: { what: 'TensorFlow 2.21.0 of python3', python: 'python3' } },
    { from: 'download' },
  ]);
  expect(closed).toEqual(['there is none of the system']);
});

test('without a wheel there is the download, and the reason', async () => {
  const { open, closed } = await roads({}, machine(all));
  expect(open).toEqual([{ from: 'download' }]);
  expect(closed).toEqual(['there is none of the system', 'python3 has no tensorflow']);
});

test('python is asked where python3 has none', async () => {
  put(...wheel);
  expect((await roads({ from: 'python' }, machine(all, 'python'))).open).toMatchObject([
    { library: { python: 'python' } },
  ]);
});

test('a road that is named is the only one', async () => {
  put(...wheel);
  expect(await names({ from: 'download' }, machine(all, 'python3'))).toEqual(['download']);
  expect(await names({ from: 'python' }, machine(all, 'python3'))).toEqual(['python']);
  expect(await names({ python: 'venv/python' }, machine([...all, 'venv/python'], 'venv/python'))).toEqual(['python']);
  expect(await names({ libtensorflow: folder }, machine(all, 'python3'))).toEqual(['path']);
  expect(await roads({ python: 'nowhere' }, machine(all))).toEqual({ open: [], closed: ['there is no nowhere'] });
});

test('without a compiler, or beyond Linux, only the download is left', async () => {
  put(...wheel);
  const bare = await roads({}, machine(['python3'], 'python3'));
  expect(bare).toEqual({ open: [{ from: 'download' }], closed: ['to build, make and c++ would be needed'] });
  expect(await names({}, machine(all, 'python3'), 'darwin')).toEqual(['download']);
});

test('a library is found in the folder of a wheel, in that of a system, and by its own path', () => {
  put(...system);
  expect(inFolder(folder)).toMatchObject({ library: path.join(folder, 'lib/libtensorflow.so') });
  expect(inFolder(path.join(folder, 'lib/libtensorflow.so.2'))).toMatchObject({
    include: path.join(folder, 'include'),
  });
});

test('a library that is half there is refused with what is missing', () => {
  expect(inFolder(path.join(folder, 'gone'))).toEqual({ missing: `there is no ${folder}/gone` });
  put('libtensorflow_cc.so.2');
  expect(inFolder(folder)).toMatchObject({ missing: expect.stringContaining('holds no libtensorflow.so') as unknown });
  put('libtensorflow_framework.so.2');
  expect(inFolder(folder)).toMatchObject({ missing: expect.stringContaining('not its headers') as unknown });
});

test("the headers are those of the running Node, else npm's", () => {
  expect(nodeFolder(path.join(folder, 'bin/node'))).toBeUndefined();
  put('include/node/node_api.h', 'include/node/common.gypi');
  expect(nodeFolder(path.join(folder, 'bin/node'))).toBe(folder);
  put('npm/include/node_api.h');
  const made = folderOfHeaders(path.join(folder, 'npm'), path.join(folder, 'made'));
  expect(nodeFolder(path.join(made, 'bin/node'))).toBe(made);
});
