import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createProgram } from '../../packages/cli/src/program.js';
import { blocksOf, root, titleOf } from './documented-configs.js';

/** The commands of a block, each as its words: comments and prompts are left out, `a && b` are two. */
export function commandsOf(text: string): string[][] {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap((line) => wordsOf(line));
}

function wordsOf(line: string): string[][] {
  const commands: string[][] = [[]];
  for (const [token] of line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)) {
    if (token.startsWith('#')) break;
    if (token === '&&' || token === '&' || token === ';') commands.push([]);
    else commands.at(-1)!.push(token.replace(/'([^']*)'|"([^"]*)"/g, (_, a?: string, b?: string) => a ?? b ?? ''));
  }
  return commands.filter((words) => words.length > 0);
}

/** What is wrong with a command that a page shows; undefined where it can be typed. */
export async function problemOf(words: readonly string[], page: string): Promise<string | undefined> {
  const [program, ...args] = words[0]?.includes('=') ? words.slice(1) : words;
  if (program === 'npx')
    return problemOf(
      args.filter((arg, i) => i > 0 || !arg.startsWith('-')),
      page,
    );
  if (program === 'dapo') return dapoProblem(args);
  if (program === 'npm') return npmProblem(args, page);
  if (program === 'vitest' || program === 'node') return fileProblem(args, page);
  if (program === 'create-dapo' || program === 'cd' || program === 'export' || program === undefined) return undefined;
  return `no program that a page may ask for: ${program}`;
}

/** Parses as the command line does, and runs nothing. */
async function dapoProblem(args: readonly string[]): Promise<string | undefined> {
  const program = createProgram();
  const quiet = { writeOut: () => undefined, writeErr: () => undefined };
  const muffle = (command: ReturnType<typeof createProgram>): void => {
    command.exitOverride().configureOutput(quiet);
    if (command.commands.length === 0) command.action(() => undefined);
    for (const child of command.commands) muffle(child as typeof command);
  };
  muffle(program);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return undefined;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return /^commander\.(help|helpDisplayed|version)$/.test(code ?? '') ? undefined : message;
  }
}

function npmProblem([command, ...args]: readonly string[], page: string): string | undefined {
  const scripts = scriptsFor(page);
  if (command === 'start' || command === 'test') return scripts.has(command) ? undefined : `no script «${command}»`;
  if (command === 'run') return scripts.has(args[0]!) ? undefined : `no script «${args[0]}»`;
  return ['install', 'i', 'create', 'pack', 'publish', 'version'].includes(command!) ? undefined : `npm ${command}`;
}

/** Scripts that there are where a reader of the page is: in its template, else in the repository or an experiment. */
function scriptsFor(page: string): Set<string> {
  const own = templateOf(page);
  const folders = own
    ? [`templates/${own}`]
    : ['.', ...readdirSync(path.join(root, 'templates')).map((name) => `templates/${name}`)];
  return new Set(
    folders
      .map((folder) => path.join(root, folder, 'package.json'))
      .filter((file) => existsSync(file))
      .flatMap((file) => Object.keys((JSON.parse(readFileSync(file, 'utf8')) as { scripts?: object }).scripts ?? {})),
  );
}

function fileProblem(args: readonly string[], page: string): string | undefined {
  const files = args.filter((arg) => /^[\w./-]+\.(ts|mjs|js)$/.test(arg));
  const made = blocksOf(readFileSync(path.join(root, page), 'utf8')).map(titleOf);
  const written = [...readFileSync(path.join(root, page), 'utf8').matchAll(/dapo plugin new \S+ (\S+)/g)];
  const there = (file: string): boolean =>
    made.includes(file) ||
    written.some(([, name]) => file === `plugins/${name!}.ts` || file === `plugins/${name!}.test.ts`) ||
    existsSync(path.join(root, file)) ||
    existsSync(path.join(root, 'templates', templateOf(page) ?? 'arithmetic', file));
  const missing = files.find((file) => !there(file));
  return missing && `no file ${missing}`;
}

export function templateOf(page: string): string | undefined {
  return /^templates[/\\]([^/\\]+)[/\\]/.exec(page)?.[1];
}
