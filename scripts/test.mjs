#!/usr/bin/env node
/** `npm test` on a bare clone: installs, builds, lints, type-checks, and runs the tests. */
import { build, install, run } from './install.mjs';

install();
build();
run(process.execPath, ['node_modules/eslint/bin/eslint.js', '.']);
run(process.execPath, ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']);
run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'test/tsconfig.json']);
run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'fast', ...process.argv.slice(2)]);
