import { expect, test } from 'vitest';
import { dapo, temporaryFolder, tinyConfig } from './dapo-process.js';

/** In the order in which one would type them: a run, then what needs one; a plugin, then what looks at it. */
const commands = [
  'doctor',
  'validate',
  'config',
  'train',
  'eval',
  'report',
  'reproduce',
  'resume',
  'sft',
  'init',
  'plugin new',
  'plugins',
  'plugin test',
  'plugin lint',
  'explain',
];

async function examplesOf(command: string): Promise<string[][]> {
  const { stdout } = await dapo([...command.split(' '), '--help']);
  const lines = stdout.slice(stdout.indexOf('\nExamples:\n')).match(/^ {2}dapo .+$/gm) ?? [];
  return lines.map((line) => line.trim().split(' ').slice(1));
}

test('every example of every help can be typed as it stands', async () => {
  const cwd = temporaryFolder({ 'dapo.config.ts': tinyConfig });
  for (const command of commands) {
    for (const args of await examplesOf(command)) {
      if (args[0] === 'resume' && !args.includes('--steps')) continue; // the next test: it needs a run that was interrupted
      const { code, stderr } = await dapo(args, { cwd });
      expect([args.join(' '), code, code === 0 ? '' : stderr]).toEqual([args.join(' '), 0, '']);
    }
  }
});

test('Ctrl-C finishes the step, saves, and prints the command that goes on', async () => {
  const cwd = temporaryFolder({ 'dapo.config.ts': tinyConfig });
  let interrupted = false;
  const ended = await dapo(['train', '--steps', '200', '--set', 'evaluation.every=0', '--out', 'runs/first'], {
    cwd,
    onOutput: (stdout, kill) => {
      if (interrupted || !/^ +1\/200/m.test(stdout)) return;
      interrupted = true;
      kill('SIGINT');
    },
  });
  expect(ended.code).toBe(130);
  expect(ended.stderr).toContain('finishing this step, then saving; Ctrl-C again aborts at once');
  expect(ended.stdout).toMatch(/^Stopped and saved after \d+ rollout steps? in /m);
  expect(ended.stdout).toMatch(/^ {2}npx dapo resume runs\/first +goes on from here$/m);
  const { code, stdout } = await dapo(['resume', 'runs/first'], { cwd });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^going on after step \d+$/m);
  expect(stdout).toMatch(/^Finished 200 rollout steps in /m);
});

test('a second Ctrl-C aborts at once', async () => {
  const cwd = temporaryFolder({ 'dapo.config.ts': tinyConfig });
  const signalled: string[] = [];
  const ended = await dapo(['train', '--steps', '2000', '--out', 'runs/first'], {
    cwd,
    onOutput: (stdout, kill) => {
      if (signalled.length > 0 || !/^ +1\/2000/m.test(stdout)) return;
      signalled.push('SIGINT');
      kill('SIGINT');
      kill('SIGTERM');
    },
  });
  expect(ended.code).toBe(130);
  expect(ended.stdout).not.toContain('Stopped and saved');
});
