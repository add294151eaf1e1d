import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';

/**
 * SHA-256 of a file of code together with the files beside it that it imports, in hex; that of the file alone where
 * there are none.
 */
export async function hashOfFile(file: string): Promise<string> {
  const texts = new Map<string, Buffer>();
  await addWithImports(path.resolve(file), texts);
  return hashOf([...texts.values()]);
}

/** SHA-256 of all code of a package, in hex: of every file that can run, whichever is imported. */
export async function hashOfPackage(folder: string): Promise<string> {
  const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && /\.([cm]?[jt]s|json|wasm)$/.test(entry.name))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(path.sep).includes('node_modules'));
  const parts: (Buffer | string)[] = [];
  for (const file of files.sort()) parts.push(file, await fs.readFile(path.join(folder, file)));
  return hashOf(parts);
}

async function addWithImports(file: string, texts: Map<string, Buffer>): Promise<void> {
  if (texts.has(file)) return;
  const content = await fs.readFile(file);
  texts.set(file, content);
  if (!/\.[cm]?[jt]s$/.test(file)) return;
  for (const [, specifier] of content
    .toString('utf8')
    .matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g)) {
    const imported = written(path.resolve(path.dirname(file), specifier!));
    if (imported) await addWithImports(imported, texts);
  }
}

/** The file that an import means: `./x.js` may be x.ts. */
function written(file: string): string | undefined {
  const candidates = [
    file,
    file.replace(/\.([cm]?)js$/, '.$1ts'),
    `${file}.ts`,
    `${file}.js`,
    `${file}/index.ts`,
    `${file}/index.js`,
  ];
  return candidates.find((candidate) => path.extname(candidate) !== '' && existsSync(candidate));
}

function hashOf(parts: readonly (Buffer | string)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
