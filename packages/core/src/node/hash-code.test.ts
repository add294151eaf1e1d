import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { hashOfBytes, hashOfFile, hashOfFolders, hashOfPackage, hashOfPlugin } from './hash-code.js';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await fs.rm(folder, { recursive: true });
});

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder(files);
  folders.push(folder);
  return folder;
}

test('the hash of a file that imports nothing of its own is that of its text', async () => {
  const text = "import { tf } from '@dapo/core';\nexport default tf;";
  const folder = await folderWith({ 'a.ts': text });
  expect(await hashOfFile(path.join(folder, 'a.ts'))).toBe(createHash('sha256').update(text).digest('hex'));
});

test('a change in a file that it imports, directly or not, changes its hash; one beside it does not', async () => {
  const files = {
    'a.ts': "import './b.js';",
    'b.ts': "export * from './c';\nimport './a.js';",
    'c.ts': '1',
    'd.ts': '1',
  };
  const folder = await folderWith(files);
  const before = await hashOfFile(path.join(folder, 'a.ts'));
  await fs.writeFile(path.join(folder, 'd.ts'), '2');
  expect(await hashOfFile(path.join(folder, 'a.ts'))).toBe(before);
  await fs.writeFile(path.join(folder, 'c.ts'), '2');
  expect(await hashOfFile(path.join(folder, 'a.ts'))).not.toBe(before);
});

test('the hash of a package is that of all its code, and of nothing that it depends on', async () => {
  const folder = await folderWith({
    'package.json': '{}',
    'dist/a.js': '1',
    'README.md': '1',
    'node_modules/x/index.js': '1',
  });
  const before = await hashOfPackage(folder);
  await fs.writeFile(path.join(folder, 'README.md'), '2');
  await fs.writeFile(path.join(folder, 'node_modules/x/index.js'), '2');
  expect(await hashOfPackage(folder)).toBe(before);
  await fs.writeFile(path.join(folder, 'dist/a.js'), '2');
  expect(await hashOfPackage(folder)).not.toBe(before);
});

test('a plugin is found by its name in the folder of its kind, and changes with what it imports', async () => {
  const folder = await folderWith({
    'filters/overlong.js': "import './parts/mask.js';",
    'filters/parts/mask.js': '1',
    'policies/transformer.js': '2',
    'rewards/overlong.js': '3',
  });
  const before = await hashOfPlugin(folder, 'filter', 'overlong');
  expect(before).toBe(await hashOfFile(path.join(folder, 'filters/overlong.js')));
  expect(await hashOfPlugin(folder, 'policy', 'transformer')).toMatch(/^[0-9a-f]{64}$/);
  expect(await hashOfPlugin(folder, 'loss', 'overlong')).toBeUndefined();
  await fs.writeFile(path.join(folder, 'filters/parts/mask.js'), '2');
  expect(await hashOfPlugin(folder, 'filter', 'overlong')).not.toBe(before);
});

test('the hash of several folders changes with any of their files, declarations excepted', async () => {
  const [one, other] = [await folderWith({ 'a.js': '1' }), await folderWith({ 'b.wasm': '1' })];
  const before = await hashOfFolders([one, other]);
  await fs.writeFile(path.join(one, 'a.d.ts'), '1');
  expect(await hashOfFolders([one, other])).toBe(before);
  await fs.writeFile(path.join(other, 'b.wasm'), '2');
  expect(await hashOfFolders([one, other])).not.toBe(before);
});

test('the hash of a large file is that of its bytes', async () => {
  const folder = await folderWith({ weights: 'x'.repeat(200_000) });
  const expected = createHash('sha256').update('x'.repeat(200_000)).digest('hex');
  expect(await hashOfBytes(path.join(folder, 'weights'))).toBe(expected);
});
