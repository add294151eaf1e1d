import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { closestMatch } from 'leven';
import type { NewFile } from './new-files.js';
import { badPluginName, scaffoldMissing, unknownKind } from './scaffold-errors.js';

/** One working plugin of each kind, named `my-KIND`, with its test: compiled and tested where they stand. */
const skeletons = fileURLToPath(new URL('../../skeletons', import.meta.url));

export interface PluginPlace {
  /** Folder of the plugin's file. */
  readonly folder: string;
  /** What a config writes under `plugins` to have it. */
  readonly specifier: string;
}

/** Plugin and test of a kind, under a name of one's own. */
export function pluginFiles(kind: string, name: string, place?: PluginPlace): NewFile[] {
  checkKind(kind);
  checkName(name);
  const { folder = 'plugins', specifier = `./plugins/${name}.ts` } = place ?? {};
  return ['.ts', '.test.ts'].map((ending) => ({
    name: `${folder}/${name}${ending}`,
    content: readFileSync(path.join(skeletons, `my-${kind}${ending}`), 'utf8')
      .replaceAll(`./plugins/my-${kind}.ts`, specifier)
      .replaceAll(`my-${kind}`, name),
  }));
}

/** The kinds that there is a skeleton of: all. */
export function skeletonKinds(): string[] {
  if (!existsSync(skeletons)) throw scaffoldMissing(skeletons);
  return readdirSync(skeletons)
    .flatMap((file) => /^my-(.+)(?<!\.test)\.ts$/.exec(file)?.[1] ?? [])
    .sort();
}

function checkKind(kind: string): void {
  const kinds = skeletonKinds();
  if (!kinds.includes(kind)) throw unknownKind(kind, kinds, closestMatch(kind, kinds, { maxDistance: 3 }));
}

function checkName(name: string): void {
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) return;
  const kebab = name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/\.[a-z]+$/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+|-+$/g, '');
  throw badPluginName(name, kebab === '' ? undefined : kebab);
}
