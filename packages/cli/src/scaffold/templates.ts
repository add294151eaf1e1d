import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NewFile } from './new-files.js';
import { scaffoldMissing } from './scaffold-errors.js';

/** Copied here by scripts/copy-templates.mjs, so that they travel in the package. */
const templatesFolder = fileURLToPath(new URL('../../templates', import.meta.url));

/** npm leaves out files of this name, whatever `files` says. */
const renamed: Readonly<Record<string, string>> = { gitignore: '.gitignore' };

export interface Template {
  readonly name: string;
  /** One sentence. */
  readonly description: string;
}

interface PackageJson {
  readonly name: string;
  readonly description?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export function listTemplates(): Template[] {
  if (!existsSync(templatesFolder)) throw scaffoldMissing(templatesFolder);
  const names = readdirSync(templatesFolder).filter((name) =>
    existsSync(path.join(templatesFolder, name, 'package.json')),
  );
  return names.sort().map((name) => {
    const { description = '' } = JSON.parse(
      readFileSync(path.join(templatesFolder, name, 'package.json'), 'utf8'),
    ) as PackageJson;
    return { name, description };
  });
}

export interface ProjectFacts {
  /** npm name of the new project. */
  readonly name: string;
  /** Of the engine. */
  readonly version: string;
}

/** The files of a project that is made from a template. */
export async function projectFiles(template: string, facts: ProjectFacts): Promise<NewFile[]> {
  const folder = path.join(templatesFolder, template);
  const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
  return Promise.all(
    names.sort().map(async (name) => {
      const content = await fs.readFile(path.join(folder, name));
      if (name === 'package.json') return { name, content: ownPackageJson(content.toString('utf8'), facts) };
      return { name: renamed[name] ?? name, content };
    }),
  );
}

/** The template's package.json under the project's name, with the packages of the engine at its version. */
function ownPackageJson(text: string, { name, version }: ProjectFacts): string {
  const template = JSON.parse(text) as PackageJson;
  const dependencies = Object.fromEntries(
    Object.entries(template.dependencies ?? {}).map(([dependency, range]) => [
      dependency,
      dependency.startsWith('@dapo/') ? `^${version}` : range,
    ]),
  );
  return `${JSON.stringify({ ...template, name, dependencies }, null, 2)}\n`;
}

/** A name that npm takes, out of that of a folder. */
export function packageNameOf(folder: string): string {
  const name = path
    .basename(path.resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'dapo-experiment' : name;
}
