import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder, tinyConfig } from './dapo-process.js';

const bin = fileURLToPath(new URL('../../packages/cli/bin/dapo.mjs', import.meta.url));
/** util-linux's `script` runs a command in a pseudo-terminal. */
const hasScript =
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;

test.skipIf(!hasScript)('on a terminal a status line tells what goes on, and nothing of it stays', () => {
  const cwd = temporaryFolder({ 'dapo.config.ts': tinyConfig });
  const command = `stty rows 40 cols 100; ${process.execPath} ${bin} train --out runs/first`;
  const { CI: _ci, NO_COLOR: _no, ...env } = process.env;
  const options = { cwd, env: { ...env, TERM: 'xterm-256color' }, encoding: 'utf8' } as const;
  const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], options);
  expect(stdout).toMatch(/⠋|⠙|⠹|⠸|⠼|⠴|⠦|⠧|⠇|⠏/);
  expect(stdout).toMatch(/step 0\/2 · evaluating · /);
  expect(stdout).toMatch(/step 1\/2 · generating, round 1, 0 of 2 groups · /);
  expect(stdout).toMatch(/step 2\/2 · update \d of 2 · .*, about .* left/);
  expect(screenOf(stdout)).not.toMatch(/ · update | · generating| · evaluating/);
  expect(screenOf(stdout)).toMatch(/^Finished 2 rollout steps in /m);
});

/** What is left on the screen: the sequences that log-update uses are applied, colours dropped. */
function screenOf(output: string): string {
  const lines = [''];
  let row = 0;
  for (const [, control, argument = '', command = '', text = ''] of output.matchAll(
    /(\u001b\[([?\d;]*)([A-Za-z])|\r|\n)|([^\u001b\r\n]+)/g,
  )) {
    if (control === '\n') row += 1;
    else if (command === 'A') row -= Number(argument || 1);
    else if (command === 'B') row += Number(argument || 1);
    else if (command === 'K') lines[row] = '';
    else if (command === 'J') lines.length = row + 1;
    else if (text) lines[row] = (lines[row] ?? '') + text;
    lines[row] ??= '';
  }
  return lines.join('\n');
}
