// Runs a command of dapo with a judge: that of OPENAI_BASE_URL where it is set, else the stand-in.
//   node with-judge.mjs train --steps 3
//   node with-judge.mjs --stand-in train --steps 3     the stand-in in any case
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { startStandIn } from './stand-in/server.mjs';

const args = process.argv.slice(2);
const always = args[0] === '--stand-in';
const given = always ? undefined : process.env.OPENAI_BASE_URL;
const standIn = given ? undefined : await startStandIn();
if (standIn && !always) console.error('OPENAI_BASE_URL is not set: the stand-in judge grades, by its simple rule.');

const dapo = createRequire(import.meta.url)
  .resolve('@dapo/cli/package.json')
  .replace('package.json', 'bin/dapo.mjs');
const child = spawn(process.execPath, [dapo, ...args.slice(always ? 1 : 0)], {
  cwd: fileURLToPath(new URL('.', import.meta.url)),
  stdio: 'inherit',
  env: {
    ...process.env,
    // The stand-in is sent no key.
    ...(standIn && { OPENAI_BASE_URL: standIn.url, OPENAI_API_KEY: '' }),
    // What dapo suggests to type next goes through here as well.
    DAPO_COMMAND: 'npm run dapo --',
  },
});
// dapo ends its step and saves the run first: until then it needs the judge.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => {
  standIn?.close();
  process.exitCode = code ?? 1;
});
