import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
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
  return hashOf(await codeIn(folder));
}

/** SHA-256 of all code in several folders, in hex. */
export async function hashOfFolders(folders: readonly string[]): Promise<string> {
  return hashOf((await Promise.all(folders.map(codeIn))).flat());
}

/** SHA-256 of a file of any size, in hex. */
export async function hashOfBytes(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part as Buffer);
  return hash.digest('hex');
}

/**
 * SHA-256 of the file of a plugin with what it imports from beside it, in hex. It is found as a person finds it: by its
 * name, in the folder of its kind; undefined where there is none.
 */
export async function hashOfPlugin(code: string, kind: string, name: string): Promise<string | undefined> {
  const [folders, entries] = [foldersOf(kind), await fs.readdir(code, { recursive: true })];
  const file = entries.find((entry) => {
    const { dir, base } = path.parse(entry);
    return [`${name}.js`, `${name}.ts`].includes(base) && folders.includes(path.basename(dir));
  });
  return file === undefined ? undefined : hashOfFile(path.join(code, file));
}

/** What the folder of a kind may be called: prompts, filters, losses, policies. */
function foldersOf(kind: string): string[] {
  return [kind, `${kind}s`, `${kind}es`, kind.replace(/y$/, 'ies')];
}

/** Path and content of every file that can run, sorted by path. */
async function codeIn(folder: string): Promise<(Buffer | string)[]> {
  const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && /\.([cm]?[jt]s|json|wasm)$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(path.sep).includes('node_modules'))
    .sort();
  const read = async (file: string): Promise<(Buffer | string)[]> => [file, await fs.readFile(path.join(folder, file))];
  return (await Promise.all(files.map(read))).flat();
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
