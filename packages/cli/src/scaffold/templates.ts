import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCatalogue } from '../catalogue.js';
import { configSchema } from '../reference/config-schema.js';
import type { NewFile } from './new-files.js';
import { scaffoldMissing } from './scaffold-errors.js';

/** Copied here by scripts/copy-templates.mjs, so that they travel in the package. */
const templatesFolder = fileURLToPath(new URL('../../templates', import.meta.url));

/** npm leaves out files of this name, whatever `files` says. */
const renamed: Readonly<Record<string, string>> = { gitignore: '.gitignore' };

/** Its package.json, renamed where it is copied: a nested one with `exports` is ignored by Node, and refused by publint. */
const PACKAGE = 'package.template.json';

export interface Template {
  readonly name: string;
  /** One sentence. */
  readonly description: string;
}

interface PackageJson {
  readonly name: string;
  readonly description?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Dependencies;
  readonly devDependencies?: Dependencies;
  readonly peerDependencies?: Dependencies;
  /** Of a package of plugins. */
  readonly dapo?: { readonly engine: string };
}
type Dependencies = Readonly<Record<string, string>>;

export function listTemplates(): Template[] {
  if (!existsSync(templatesFolder)) throw scaffoldMissing(templatesFolder);
  const names = readdirSync(templatesFolder).filter((name) => existsSync(path.join(templatesFolder, name, PACKAGE)));
  return names.sort().map((name) => {
    const { description = '' } = JSON.parse(
      readFileSync(path.join(templatesFolder, name, PACKAGE), 'utf8'),
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
  const packageJson = await fs.readFile(path.join(folder, PACKAGE), 'utf8');
  const old = (JSON.parse(packageJson) as PackageJson).name;
  const name = old.startsWith(PLUGIN) ? pluginPackageName(facts.name) : facts.name;
  const files = await Promise.all(
    names.sort().map(async (file) => {
      if (file === PACKAGE) return { name: 'package.json', content: ownPackageJson(packageJson, { ...facts, name }) };
      const content = await fs.readFile(path.join(folder, file));
      return {
        name: renamed[file] ?? file,
        content: /\.(ts|md)$/.test(file) ? content.toString('utf8').replaceAll(old, name) : content,
      };
    }),
  );
  return [...files, ...schemaFile(files)];
}

const SCHEMA = 'dapo.schema.json';

/** What a config in YAML or JSON names in its first line, for editors: the schema of this version. */
function schemaFile(files: readonly NewFile[]): NewFile[] {
  const named = files.some(
    ({ name, content }) => /^dapo\.config\.(ya?ml|json)$/.test(name) && String(content).includes(SCHEMA),
  );
  return named ? [{ name: SCHEMA, content: `${JSON.stringify(configSchema(readCatalogue()), null, 2)}\n` }] : [];
}

/** Packages of plugins are known by how their names begin. */
const PLUGIN = 'dapo-plugin-';

function pluginPackageName(name: string): string {
  return name.startsWith(PLUGIN) ? name : `${PLUGIN}${name}`;
}

/** The template's package.json under the project's name, with the packages of the engine at its version. */
function ownPackageJson(text: string, { name, version }: ProjectFacts): string {
  const template = JSON.parse(text) as PackageJson;
  const atVersion = (dependencies: Dependencies): Dependencies =>
    Object.fromEntries(
      Object.entries(dependencies).map(([dependency, range]) => [
        dependency,
        dependency.startsWith('@dapo/') ? `^${version}` : range,
      ]),
    );
  const groups = ['dependencies', 'devDependencies', 'peerDependencies'] as const;
  const dependencies = Object.fromEntries(
    groups.flatMap((group) => (template[group] ? [[group, atVersion(template[group])]] : [])),
  );
  const dapo = template.dapo && { dapo: { ...template.dapo, engine: `^${version}` } };
  return `${JSON.stringify({ ...template, name, ...dapo, ...dependencies }, null, 2)}\n`;
}

/** The command that begins the main work of a project: `npx dapo train`, or what else its script `start` is. */
export function startCommand(files: readonly NewFile[]): string[] {
  const packageJson = files.find(({ name }) => name === 'package.json');
  const { scripts } = JSON.parse(String(packageJson?.content ?? '{}')) as Partial<PackageJson>;
  if (scripts?.['start'] === undefined) return [];
  return [scripts['start'].startsWith('dapo ') ? `npx ${scripts['start']}` : 'npm start'];
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
