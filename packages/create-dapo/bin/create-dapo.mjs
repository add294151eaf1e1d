#!/usr/bin/env node
/** `npm create dapo@latest first -- --template arithmetic -y`: the same as `dapo init first --template arithmetic -y`. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('bin/dapo.mjs', import.meta.resolve('@dapo/cli/package.json')));
const { status } = spawnSync(process.execPath, [cli, 'init', ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
