// Runs a command of dapo with the scoring service beside it: node with-service.mjs train --steps 3
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { startService } from './service/server.mjs';

const given = process.env.SCORER_URL; // set: a service of yours is asked instead
const service = given ? { url: given, close: () => {} } : await startService();

const dapo = createRequire(import.meta.url)
  .resolve('@dapo/cli/package.json')
  .replace('package.json', 'bin/dapo.mjs');
const child = spawn(process.execPath, [dapo, ...process.argv.slice(2)], {
  cwd: fileURLToPath(new URL('.', import.meta.url)),
  stdio: 'inherit',
  // What dapo suggests to type next goes through here as well.
  env: { ...process.env, SCORER_URL: service.url, DAPO_COMMAND: 'npm run dapo --' },
});
// dapo ends its step and saves the run first: until then it needs the service.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => {
  service.close();
  process.exitCode = code ?? 1;
});
