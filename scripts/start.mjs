#!/usr/bin/env node
/** `npm start` on a bare clone: installs, builds, and trains the arithmetic template with DAPO. */
import { build, install, run } from './install.mjs';

install();
build();
run(process.execPath, [
  'packages/cli/bin/dapo.mjs',
  'train',
  'templates/arithmetic/dapo.config.ts',
  ...process.argv.slice(2),
]);
