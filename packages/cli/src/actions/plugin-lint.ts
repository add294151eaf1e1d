import { exitCodes } from '../exit-codes.js';
import type { Finding } from '../lint/finding.js';
import { lintPlugin } from '../lint/lint-plugin.js';
import { ownPluginFiles, refuseOtherThanPlugin } from '../scaffold/own-plugin-files.js';
import { coloursOf, print, printJson } from '../terminal.js';

interface LintOptions {
  readonly json?: true;
}

type Placed = Finding & { readonly file: string };

/** Looks through plugin files and prints what it finds. */
export async function lintPlugins(named: readonly string[], { json }: LintOptions): Promise<void> {
  const files = named.length > 0 ? named : ownPluginFiles();
  files.forEach(refuseOtherThanPlugin);
  const findings: Placed[] = [];
  for (const file of files) {
    for (const finding of await lintPlugin(file)) findings.push({ file, ...finding });
  }
  if (findings.some(({ level }) => level === 'error')) process.exitCode = exitCodes.failed;
  if (json) return printJson(findings);
  for (const finding of findings) print(describe(finding));
  print(verdict(files.length, findings));
}

function describe({ file, line, rule, level, message, hint }: Placed): string {
  const { bold, dim, red, yellow } = coloursOf(process.stdout);
  const colour = level === 'error' ? red : yellow;
  return `${bold(`${file}:${String(line)}`)} ${colour(`${level}:`)} ${message} ${dim(rule)}\n  ${dim('do:')} ${hint}`;
}

function verdict(files: number, findings: readonly Placed[]): string {
  const some = (n: number, what: string): string => `${String(n)} ${what}${n === 1 ? '' : 's'}`;
  const errors = findings.filter(({ level }) => level === 'error').length;
  if (findings.length === 0) return `${some(files, 'plugin')}: nothing found.`;
  return `${some(files, 'plugin')}: ${some(errors, 'error')}, ${some(findings.length - errors, 'warning')}.`;
}
