import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder, tinyConfig } from './dapo-process.js';

const bin = fileURLToPath(new URL('../../packages/cli/bin/dapo.mjs', import.meta.url));
/** util-linux's `script` runs a command in a pseudo-terminal. */
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;

/** All that a command writes to a terminal of 40 lines and 100 columns. */
function onTerminal(cwd: string, ...args: readonly string[]): string {
  const command = `stty rows 40 cols 100; ${process.execPath} ${bin} ${args.join(' ')}`;
  const { CI: _ci, NO_COLOR: _no, ...env } = process.env;
  const options = { cwd, env: { ...env, TERM: 'xterm-256color' }, encoding: 'utf8' } as const;
  return spawnSync('script', ['-qec', command, '/dev/null'], options).stdout;
}

test.skipIf(!hasScript)('on a terminal a status line tells what goes on, and nothing of it stays', () => {
  const stdout = onTerminal(temporaryFolder({ 'dapo.config.ts': tinyConfig }), 'train --out runs/first');
  expect(stdout).toMatch(/⠋|⠙|⠹|⠸|⠼|⠴|⠦|⠧|⠇|⠏/);
  expect(stdout).toMatch(/step 0\/2 · evaluating · /);
  expect(stdout).toMatch(/step 1\/2 · generating, round 1, 0 of 2 groups · /);
  expect(stdout).toMatch(/step 2\/2 · update \d of 2 · .*, about .* left/);
  expect(screenOf(stdout)).not.toMatch(/ · update | · generating| · evaluating/);
  expect(screenOf(stdout)).toMatch(/^Finished 2 rollout steps in /m);
});

test.skipIf(!hasScript)('a study shows one table of all its runs, drawn over itself, and leaves it there', () => {
  const list = { kind: 'list', variants: [{ name: 'narrow', set: ['loss.clip.high=0.2'] }] };
  const cwd = temporaryFolder({ 'dapo.config.ts': tinyConfig, 'list.json': JSON.stringify(list) });
  const stdout = onTerminal(cwd, 'ablate --study list.json --seeds 1 --budget steps=2 --jobs 2 --out study');
  expect(stdout).toMatch(/▸ (config|narrow), seed 1: step 0, 0 % of its budget/);
  const screen = screenOf(stdout);
  expect(screen).not.toContain('▸');
  expect(screen.match(/seed 1$/gm)).toHaveLength(2); // the table, and that of the single runs
  expect(screen).toMatch(/^config +\d+\.\d %\nnarrow +\d+\.\d %\n2 of 2 runs are done$/m);
});

/** What is left on the screen: the sequences that log-update uses are applied, colours dropped. */
function screenOf(output: string): string {
  const lines = [''];
  let row = 0;
  let column = 0;
  for (const [, control, argument = '', command = '', text = ''] of output.matchAll(
    /(\u001b\[([?\d;]*)([A-Za-z])|\r|\n)|([^\u001b\r\n]+)/g,
  )) {
    const line = lines[row] ?? '';
    if (control === '\n') [row, column] = [row + 1, 0];
    else if (control === '\r' || command === 'G') column = 0;
    else if (command === 'A') row -= Number(argument || 1);
    else if (command === 'B') row += Number(argument || 1);
    else if (command === 'K') lines[row] = argument === '2' ? '' : line.slice(0, column);
    else if (command === 'J') lines.length = row + 1;
    else if (text) {
      lines[row] = line.slice(0, column).padEnd(column) + text + line.slice(column + text.length);
      column += text.length;
    }
    for (let above = 0; above <= row; above++) lines[above] ??= '';
  }
  return lines.join('\n');
}
