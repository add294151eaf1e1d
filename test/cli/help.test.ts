import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { dapo } from './dapo-process.js';

const commands = [
  'train',
  'resume',
  'sft',
  'eval',
  'config',
  'validate',
  'plugins',
  'explain',
  'doctor',
  'generate',
  'init',
  'plugin',
  'backend',
  'ablate',
  'compare',
  'diff',
  'report',
  'reproduce',
  'bench',
];

test('help lists every command in its group, and the exit codes', async () => {
  const { code, stdout } = await dapo(['--help']);
  expect(code).toBe(0);
  for (const command of commands) expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
  for (const heading of ['Make:', 'Run:', 'Measure:', 'Look:', 'Exit codes:'])
    expect(stdout).toContain(`\n${heading}\n`);
  expect(stdout).toMatch(/130 {2}ended by Ctrl-C, after saving/);
});

test.each(commands)('dapo %s --help explains itself and ends with examples', async (command) => {
  const { code, stdout } = await dapo([command, '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain(`Usage: dapo ${command}`);
  expect(stdout).toMatch(new RegExp(`\\nExamples:\\n(  dapo .+\\n)*  dapo ${command}`));
});

test('dapo help COMMAND is the same as --help', async () => {
  const [help, option] = await Promise.all([dapo(['help', 'train']), dapo(['train', '--help'])]);
  expect(help.stdout).toBe(option.stdout);
});

test('the version is that of the package', async () => {
  expect((await dapo(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('without a command there is help, and no success', async () => {
  const { code, stderr } = await dapo([]);
  expect(code).toBe(2);
  expect(stderr).toContain('Usage: dapo');
});

test('a command or option that is not there is answered with the nearest one', async () => {
  const [command, option, value] = await Promise.all([
    dapo(['trian']),
    dapo(['train', '--sed', '3']),
    dapo(['train', '--steps', '-3']),
  ]);
  expect(command.code).toBe(2);
  expect(command.stderr).toMatch(/^error: unknown command 'trian' DAPO_CLI_USAGE\n\(Did you mean train\?\)/);
  expect(option.code).toBe(2);
  expect(option.stderr).toMatch(/unknown option '--sed' DAPO_CLI_USAGE\n\(Did you mean one of --seed, --set\?\)/);
  expect(value.code).toBe(2);
  expect(value.stderr).toMatch(/'--steps <number>' argument '-3' is invalid. It is not a whole number./);
});

test('help and plugins load no engine; a command that needs it does', async () => {
  const node = ['--require', fileURLToPath(new URL('./print-tensorflow-modules.cjs', import.meta.url))];
  const [help, plugins, validate] = await Promise.all([
    dapo(['--help'], { node }),
    dapo(['plugins'], { node }),
    dapo(['validate', 'nothing.yaml'], { node }),
  ]);
  expect(help.stderr).toBe('0 modules of TensorFlow.js\n');
  expect(plugins.stderr).toBe('0 modules of TensorFlow.js\n');
  expect(validate.stderr).toMatch(/^[1-9]\d* modules of TensorFlow.js\n$/);
});
