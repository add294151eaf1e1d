import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { CodeAboutToRun } from '@dapo/core';
import { coloursOf, printAside } from './terminal.js';

/** File of code → SHA-256 as it was when it was named last. */
type Known = Readonly<Record<string, string>>;

const words: Readonly<Record<CodeAboutToRun['what'], string>> = {
  config: 'the config',
  file: 'the plugin file',
  package: 'the package',
};

/** Names code on stderr before it runs: the first time that it runs where it lies, and when it has changed since. */
export function nameCode(code: CodeAboutToRun): void {
  const known = readKnown();
  const before = known[code.file];
  if (before === code.hash) return;
  const { dim, bold } = coloursOf(process.stderr);
  const when = before === undefined ? 'first time here' : 'changed since it was last named';
  printAside(
    `${when}: ${words[code.what]} ${bold(placeOf(code))} runs as code ${dim(`(sha256 ${code.hash.slice(0, 12)}; --no-exec runs none)`)}`,
  );
  remember({ ...known, [code.file]: code.hash });
}

function placeOf({ what, file, specifier, version }: CodeAboutToRun): string {
  if (what === 'package') return `${specifier}@${version ?? 'unknown'}`;
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file : relative;
}

/** Where programs keep what they should remember, by the convention of the system. */
function stateFile(): string {
  const { XDG_STATE_HOME, LOCALAPPDATA } = process.env;
  const folder = XDG_STATE_HOME ?? LOCALAPPDATA ?? path.join(homedir(), '.local', 'state');
  return path.join(folder, 'dapo', 'known-code.json');
}

function readKnown(): Known {
  try {
    const known: unknown = JSON.parse(readFileSync(stateFile(), 'utf8'));
    return typeof known === 'object' && known !== null && !Array.isArray(known) ? (known as Known) : {};
  } catch {
    // Nothing named yet, or a file that can't be read: all code is named anew.
    return {};
  }
}

function remember(known: Known): void {
  const file = stateFile();
  const draft = `${file}.${String(process.pid)}`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(draft, `${JSON.stringify(known, null, 2)}\n`);
    renameSync(draft, file);
  } catch {
    // A home that can't be written to: the code is named again next time.
  }
}
