import { expect, test } from 'vitest';
import { dapo, temporaryFolder, tinyConfig } from './dapo-process.js';

const good = temporaryFolder({ 'dapo.config.ts': tinyConfig });

const broken = `
extends: dapo
prompts: { train: { use: arithmetic, maxDigit: 2 } }
loss: { clip: { use: clip-highr } }
rollout: { groupSize: -1 }
`;

test('a sound config is valid', async () => {
  const { code, stdout, stderr } = await dapo(['validate'], { cwd: good });
  expect(code).toBe(0);
  expect(stderr).toMatch(/^first time here: the config dapo\.config\.ts runs as code .*\n$/);
  expect(stdout).toMatch(/The config is valid/);
});

test('every problem of a config is shown at once, with its place and what was meant', async () => {
  const { code, stdout } = await dapo(['validate'], { cwd: temporaryFolder({ 'dapo.config.yaml': broken }) });
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /There is no clip-rule «clip-highr»\. DAPO_PLUGIN_UNKNOWN\n {2}where: +at loss\.clip, in .*dapo\.config\.yaml:4/,
  );
  expect(stdout).toMatch(/nearest: +clip-higher/);
  expect(stdout).toMatch(/nearest: +maxDigits/);
  expect(stdout).toMatch(/at rollout\.groupSize/);
  expect(stdout).toMatch(/\n3 problems/);
});

test('problems are JSON where a program asks', async () => {
  const { code, stdout } = await dapo(['validate', '--json', '--set', 'loss.clip=clip-highr'], { cwd: good });
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    problems: [{ code: 'DAPO_PLUGIN_UNKNOWN', path: 'loss.clip', nearest: 'clip-higher' }],
  });
});

test('a config that is not there is a problem, not a crash', async () => {
  const [named, sought] = await Promise.all([
    dapo(['validate', 'no.yaml'], { cwd: good }),
    dapo(['train'], { cwd: temporaryFolder() }),
  ]);
  expect([named.code, sought.code]).toEqual([1, 1]);
  expect(named.stdout).toContain('no.yaml');
  expect(sought.stderr).toMatch(/^error: There is no config in /);
});

test('the whole config is printed with the origin of every value', async () => {
  const { code, stdout } = await dapo(['config', '--set', 'loss.clip.high=0.3'], { cwd: good });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^loss\.clip\.use +clip-higher +preset dapo$/m);
  expect(stdout).toMatch(/^loss\.clip\.high +0\.3 +the command line$/m);
  expect(stdout).toMatch(/^loss\.clip\.low +0\.2 +default of plugin clip-higher$/m);
  expect(stdout).toMatch(/^rollout\.prompts +2 +dapo\.config\.ts$/m);
  expect(stdout).toMatch(/^rollout\.temperature +1 +engine default$/m);
});

test('the config as JSON can be read as a config again', async () => {
  const { stdout } = await dapo(['config', '--json'], { cwd: good });
  const { config, origins } = JSON.parse(stdout) as { config: object; origins: Record<string, string> };
  expect(origins['loss.clip.use']).toBe('preset dapo');
  const again = temporaryFolder({ 'dapo.config.json': JSON.stringify(config) });
  expect((await dapo(['config', '--json'], { cwd: again })).stdout).toContain('"groupSize": 4');
});

test('a preset begins with a table of its techniques, their numbers and their sources', async () => {
  const [gspo, drGrpo, reinforce] = await Promise.all(
    ['gspo', 'dr-grpo', 'reinforce-plus-plus'].map(async (name) => (await dapo(['config', '--preset', name])).stdout),
  );
  expect(gspo).toMatch(
    /^technique +plugin +numbers +source\nadvantage +group-norm +ddof 1, eps 1e-6, scale group +GRPO, arXiv 2402\.03300/,
  );
  expect(gspo).toMatch(/^loss\.ratio +sequence +GSPO, arXiv 2507\.18071/m);
  expect(gspo).toMatch(/^loss\.clip +clip +low 3e-4 \[preset gspo\], high 4e-4 \[preset gspo\] +/m);
  expect(gspo).toMatch(/^loss\.kl +none$/m);
  expect(drGrpo).toMatch(/^aggregation +constant +length 32 \[rollout\.maxResponseLength\] +.*arXiv 2503\.20783/m);
  expect(reinforce).toMatch(/^rewards\.kl +kl-penalty +coefficient 0\.001/m);
});

test('a preset shows its techniques, and an unknown one the nearest', async () => {
  const [grpo, unknown, both] = await Promise.all([
    dapo(['config', '--preset', 'grpo']),
    dapo(['config', '--preset', 'gropo']),
    dapo(['config', 'a.yaml', '--preset', 'grpo']),
  ]);
  expect(grpo.stdout).toMatch(/^loss\.clip\.use +clip +preset grpo$/m);
  expect(grpo.stdout).not.toMatch(/^prompts/m);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toMatch(/There is no preset «gropo»[\s\S]*nearest: +grpo/);
  expect(both.stderr).toMatch(/^error: --preset grpo shows a preset alone/);
});
