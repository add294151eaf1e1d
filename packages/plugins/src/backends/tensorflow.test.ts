import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import plugin from './tensorflow.js';
import { describeDevice, missingIn, notInstalled, whyNotLoaded } from './tensorflow/package-state.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'dapo-tensorflow-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(...files: string[]): void {
  for (const name of files) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), '');
  }
}

test('without the optional package it says why, and what to do', async () => {
  const backend = await plugin.create({}, {});
  const availability = await backend.available();
  if (availability.ok) {
    expect(await backend.start()).toMatchObject({ backend: 'tensorflow' });
    return;
  }
  expect(availability).toMatchObject({ reason: expect.stringContaining('@tensorflow/tfjs-node-gpu') as unknown });
  await expect(backend.start()).rejects.toMatchObject({
    code: 'DAPO_BACKEND_START',
    hint: availability.remedy,
  });
});

test('a package that is not there is to be installed', () => {
  expect(notInstalled).toEqual({
    reason: '@tensorflow/tfjs-node-gpu is not installed.',
    remedy: 'dapo backend install tensorflow',
  });
});

test('a package whose install script was blocked has nothing but its sources', () => {
  put('package.json', 'dist/index.js');
  expect(missingIn(folder)?.reason).toMatch(/install script was not run \(npm 12 .*allowScripts/);
});

test('a package whose download was refused has the folder that it was to go into', () => {
  put('package.json', 'deps/note');
  expect(missingIn(folder)?.reason).toMatch(/its download was refused or broke off/);
  put('deps/lib/note');
  expect(missingIn(folder)?.reason).toMatch(/its download was refused or broke off/);
});

test('a package with the library and no binding was not built', () => {
  put('package.json', 'deps/lib/libtensorflow.so.2', 'lib/napi-v8/note');
  expect(missingIn(folder)?.reason).toMatch(/not the binding to it/);
});

test('a package with its binding is whole, wherever its library lies', () => {
  put('package.json', 'lib/napi-v8/tfjs_binding.node');
  expect(missingIn(folder)).toBeUndefined();
});

test('what the loader says tells CUDA from a library that went away, and from the rest', () => {
  const cannot = 'cannot open shared object file: No such file or directory';
  expect(whyNotLoaded(`libcudart.so.11.0: ${cannot}\nRequire stack: …`).reason).toMatch(
    /CUDA is missing, its library libcudart\.so\.11\.0 was not found/,
  );
  expect(whyNotLoaded(`libtensorflow_cc.so.2: ${cannot}`).reason).toMatch(/built against is gone/);
  expect(whyNotLoaded('invalid ELF header').reason).toMatch(/can't be loaded: invalid ELF header$/);
});

test('one that works says what it computes on, and that a GPU lies idle', () => {
  expect(describeDevice('2.21.0', true, true)).toBe('TensorFlow 2.21.0 on the GPU');
  expect(describeDevice('2.21.0', false, false)).toBe('TensorFlow 2.21.0 on the CPU');
  expect(describeDevice('2.21.0', false, true)).toMatch(/on the CPU: there is an NVIDIA GPU, but CUDA is missing/);
});
