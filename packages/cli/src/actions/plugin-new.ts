import { commandLine } from '../invocation.js';
import { configPlace } from '../scaffold/config-line.js';
import { refuseExisting, writeNewFiles } from '../scaffold/new-files.js';
import { pluginFiles } from '../scaffold/plugin-files.js';
import { coloursOf, print, printJson } from '../terminal.js';

interface NewPluginOptions {
  readonly dryRun?: true;
  readonly json?: true;
}

const hint = 'take another name; nothing is ever overwritten';

/** Writes a working plugin of a kind into this folder, with its test. */
export async function newPlugin(
  kind: string,
  name: string,
  { dryRun, json }: NewPluginOptions,
): Promise<void> {
  const files = pluginFiles(kind, name);
  if (dryRun) await refuseExisting('.', files, hint);
  else await writeNewFiles('.', files, hint);

  const names = files.map((file) => file.name);
  const { line, set } = configPlace(kind, name);
  const next = [
    `npx vitest run ${names[1]!}`,
    commandLine('plugin', 'test', names[0]!),
    commandLine('train', ...set.flatMap((override) => ['--set', override]), '--steps', '3'),
  ];
  if (json) return printJson({ kind, name, files: names, config: line, next });
  const { bold } = coloursOf(process.stdout);
  print(names.map((file) => `${dryRun ? 'Would write' : 'Wrote'} ${bold(file)}`).join('\n'));
  print(['', bold('In dapo.config.ts:'), `  ${line}`].join('\n'));
  print(['', bold('Next:'), ...next.map((command) => `  ${command}`)].join('\n'));
}
