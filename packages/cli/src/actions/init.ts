import path from 'node:path';
import { closestMatch } from 'leven';
import { cliVersion } from '../cli-version.js';
import { table } from '../render/table.js';
import { refuseExisting, writeNewFiles } from '../scaffold/new-files.js';
import { asker, type Ask } from '../scaffold/questions.js';
import { unknownTemplate } from '../scaffold/scaffold-errors.js';
import { listTemplates, packageNameOf, projectFiles, startCommand, type Template } from '../scaffold/templates.js';
import { coloursOf, print, printJson, widthOf } from '../terminal.js';

interface InitOptions {
  readonly template?: string;
  readonly list?: true;
  readonly yes?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

const hint = 'name another folder: dapo init FOLDER; nothing is ever overwritten';

/** Makes the folder of a new experiment. */
export async function init(folder: string | undefined, options: InitOptions): Promise<void> {
  const templates = listTemplates();
  if (options.list) return showTemplates(templates, options.json);
  const ask = asker(options.yes !== true && options.json !== true);
  const template = await chooseTemplate(templates, options.template, ask);
  const target = folder ?? (await ask({ text: 'Folder of the experiment?', otherwise: template }));
  const files = await projectFiles(template, { name: packageNameOf(target), version: cliVersion() });
  if (options.dryRun) await refuseExisting(target, files, hint);
  else await writeNewFiles(target, files, hint);

  const names = files.map(({ name }) => name);
  const next = [...intoFolder(target), 'npm install', 'npm test', ...startCommand(files)];
  if (options.json) return printJson({ folder: target, template, files: names, next });
  const { bold, dim } = coloursOf(process.stdout);
  print(`${options.dryRun ? 'Would write' : 'Wrote'} ${bold(target)}, from the template ${template}:`);
  print(names.map((name) => dim(`  ${name}`)).join('\n'));
  if (!options.dryRun) print(['', bold('Next:'), ...next.map((line) => `  ${line}`)].join('\n'));
}

async function chooseTemplate(templates: readonly Template[], wanted: string | undefined, ask: Ask): Promise<string> {
  const names = templates.map(({ name }) => name);
  const first = names.includes('arithmetic') ? 'arithmetic' : names[0]!;
  const name = wanted ?? (await ask({ text: 'Template?', about: `${templateTable(templates)}\n`, otherwise: first }));
  if (!names.includes(name)) throw unknownTemplate(name, names, closestMatch(name, names, { maxDistance: 3 }));
  return name;
}

function showTemplates(templates: readonly Template[], json: true | undefined): void {
  if (json) printJson(templates);
  else print(templateTable(templates));
}

function templateTable(templates: readonly Template[]): string {
  const { cyan } = coloursOf(process.stdout);
  return table(
    templates.map(({ name, description }) => [cyan(name), description]),
    { width: widthOf(process.stdout) },
  );
}

/** As a person would type it. */
function intoFolder(folder: string): string[] {
  if (path.resolve(folder) === process.cwd()) return [];
  return [/^[\w./-]+$/.test(folder) ? `cd ${folder}` : `cd '${folder}'`];
}
