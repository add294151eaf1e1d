#!/usr/bin/env node
/** What a user's tools will say of the packages: publint, are-the-types-wrong, and the recorded surfaces. Build first. */
import { spawnSync } from 'node:child_process';
import { root } from './install.mjs';

const checks = ['core', 'plugins', 'cli', 'create-dapo'].flatMap((name) => [
  ['node_modules/publint/src/cli.js', 'run', `packages/${name}`, '--strict'],
  [
    'node_modules/@arethetypeswrong/cli/dist/index.js',
    '--pack',
    `packages/${name}`,
    '--profile',
    'esm-only',
    '--format',
    'ascii',
  ],
]);
checks.push(['scripts/api.mjs', '--check']);

for (const [script, ...args] of checks) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { cwd: root, encoding: 'utf8' });
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'}  ${[script.match(/publint|wrong|api/)[0], ...args].join(' ')}`);
  if (status === 0) continue;
  console.error(stdout + stderr);
  process.exitCode = 1;
}
