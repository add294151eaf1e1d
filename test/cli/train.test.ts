import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { dapo, temporaryFolder, tinyConfig, type Ended } from './dapo-process.js';

const folder = temporaryFolder({ 'dapo.config.ts': tinyConfig });
const inRun = (name: string): string => path.join(folder, 'runs/first', name);
let trained: Ended;

beforeAll(async () => {
  trained = await dapo(['train', '--out', 'runs/first'], { cwd: folder });
});

test('training prints one line a step and a summary', () => {
  const { code, stdout } = trained;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ 0\/2 {2}held-out accuracy/m);
  expect(stdout.match(/^ [12]\/2 +-?\d/gm)).toHaveLength(2);
  expect(stdout).toMatch(/^Finished 2 rollout steps in /m);
  expect(stdout).toMatch(/held-out accuracy, first +\d+\.\d % \(95 %: .* %\), step 0/);
  expect(stdout).toMatch(/held-out accuracy, last +\d+\.\d % \(95 %: .* %\), step 2/);
  expect(stdout).toMatch(/gain +[+−]?\d+\.\d points \(95 %: .*, paired over problems\)/);
  expect(stdout).toMatch(/generated +\d+ tokens, \d+ prompts/);
  expect(stdout).toMatch(/curves +runs\/first\/curves\.svg/);
  expect(stdout).toMatch(/npx dapo eval runs\/first --k 16/);
  expect(stdout).toMatch(/npx dapo train --set loss\.clip=clip/);
});

test('without a terminal there are plain lines only', () => {
  expect(trained.stdout + trained.stderr).not.toContain('\u001b');
});

test('the folder of a run holds all of it', () => {
  for (const name of ['manifest.json', 'metrics.jsonl', 'checkpoints/step-000002', 'evaluations/step-000000.jsonl']) {
    expect(existsSync(inRun(name)), name).toBe(true);
  }
  expect(readFileSync(inRun('curves.svg'), 'utf8')).toMatch(
    /^<svg [\s\S]*<title>tiny<\/title>[\s\S]*Accuracy[\s\S]*<\/svg>\n$/,
  );
});

test('a folder that holds a run is not trained over', async () => {
  const { code, stderr } = await dapo(['train', '--out', 'runs/first'], { cwd: folder });
  expect(code).toBe(1);
  expect(stderr).toMatch(/error: There is a run in runs\/first already\./);
  expect(stderr).toContain('dapo resume runs/first');
});

test('eval at temperature 0 is greedy: all answers to a problem are the same', async () => {
  const args = ['eval', 'runs/first', '--k', '2', '--temperature', '0', '--json'];
  const { code, stdout, stderr } = await dapo(args, { cwd: folder });
  expect(code, stderr).toBe(0);
  const { temperature, passAt } = JSON.parse(stdout) as {
    temperature: number;
    passAt: Record<string, { value: number }>;
  };
  expect(temperature).toBe(0);
  expect(passAt['1']!.value).toBe(passAt['2']!.value);
});

test('eval gives avg@k and pass@k with their intervals', async () => {
  const { code, stdout } = await dapo(['eval', 'runs/first', '--k', '4'], { cwd: folder });
  expect(code).toBe(0);
  expect(stdout).toMatch(/checkpoint +runs\/first\/checkpoints\/step-000002, after 2 rollout steps/);
  for (const name of ['avg@4', 'pass@1', 'pass@2', 'pass@4']) {
    expect(stdout).toMatch(new RegExp(`^${name} +\\d+\\.\\d % +\\d+\\.\\d to \\d+\\.\\d %$`, 'm'));
  }
});

test('eval of a checkpoint measures that one, and leaves the run as it is', async () => {
  const before = readFileSync(inRun('metrics.jsonl'), 'utf8');
  const args = ['eval', 'runs/first/checkpoints/step-000000', '--problems', '3', '--temperature', '0.5', '--json'];
  const { stdout } = await dapo(args, { cwd: folder });
  expect(JSON.parse(stdout)).toMatchObject({ step: 0, problems: 3, temperature: 0.5, k: 2 });
  expect(readFileSync(inRun('metrics.jsonl'), 'utf8')).toBe(before);
});

test('a checkpoint that is not there is answered with those that are', async () => {
  const { code, stderr } = await dapo(['eval', 'runs/first/checkpoints/step-000007'], { cwd: folder });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /error: There is no checkpoint .*step-000007\. DAPO_CLI_CHECKPOINT_NOT_THERE\n {2}expected: step-000000, step-000002/,
  );
});

test('a run of a config in another folder is evaluated and goes on from where it was started', async () => {
  const above = temporaryFolder({ 'experiments/dapo.config.ts': tinyConfig });
  const run = ['train', 'experiments/dapo.config.ts', '--out', 'runs/below', '--quiet'];
  expect(await dapo(run, { cwd: above })).toMatchObject({ code: 0 });
  expect(await dapo(['eval', 'runs/below', '--problems', '3'], { cwd: above })).toMatchObject({ code: 0, stderr: '' });
  const resumed = await dapo(['resume', 'runs/below', '--steps', '3'], { cwd: above });
  expect([resumed.code, resumed.stdout]).toEqual([0, expect.stringContaining('going on after step 2')]);
});

test('a folder without a run is answered with the runs that there are', async () => {
  const { code, stderr } = await dapo(['eval', 'runs'], { cwd: folder });
  expect(code).toBe(1);
  expect(stderr).toMatch(/error: There is no run in runs\.[\s\S]*try runs\/first/);
});

test('a finished run goes on only with more steps', async () => {
  const refused = await dapo(['resume', 'runs/first'], { cwd: folder });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('dapo resume runs/first --steps 4');
  const longer = await dapo(['resume', 'runs/first', '--steps', '3'], { cwd: folder });
  expect(longer.code).toBe(0);
  expect(longer.stdout).toMatch(/^going on after step 2\n/);
  expect(longer.stdout).toMatch(/held-out accuracy, first .*step 0[\s\S]*held-out accuracy, last .*step 3/);
});

test('JSON lines are the records and at last the summary, and nothing else', async () => {
  const { code, stdout, stderr } = await dapo(['train', '--json', '--out', 'runs/json'], { cwd: folder });
  expect(code).toBe(0);
  const records = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; step?: number });
  expect(records.filter(({ kind }) => kind === 'step').map(({ step }) => step)).toEqual([1, 2]);
  expect(records.filter(({ kind }) => kind === 'evaluation')).toHaveLength(3);
  expect(records.at(-1)).toMatchObject({ kind: 'summary', reason: 'budget', steps: 2, folder: 'runs/json' });
  expect(stderr).toMatch(/held-out accuracy/);
});

test('--quiet leaves the summary', async () => {
  const args = ['train', '--quiet', '--steps', '1', '--seed', '3'];
  const { stdout } = await dapo(args, { cwd: folder });
  expect(stdout).toMatch(/^\nFinished 1 rollout step in /);
  expect(stdout).toMatch(/run folder +runs\/tiny-\d{8}-\d{6}\n/);
});

test('sft prints its loss and saves a policy that a run can start from', async () => {
  const args = ['sft', '--out', 'warm', '--steps', '3', '--batch', '8'];
  const { code, stdout } = await dapo(args, { cwd: folder });
  expect(code).toBe(0);
  expect(stdout.match(/^[123]\/3 {2}loss \d\.\d{4} nats per token/gm)).toHaveLength(3);
  expect(stdout).toContain('npx dapo train --set policy.checkpoint=warm');
  const warm = await dapo(['train', '--quiet', '--set', 'policy.checkpoint=warm', '--out', 'runs/warm'], {
    cwd: folder,
  });
  expect(warm.code).toBe(0);
  const again = await dapo(args, { cwd: folder });
  expect(again.stderr).toMatch(/^error: There is something in warm already\./);
});

test.each([
  ['a config in a folder below', '.', ['nested/dapo.config.ts'], '../warm-below'],
  ['a config found in a folder above', 'nested/deep', [], 'deep/warm-below'],
])('the command that sft suggests trains, with %s', async (_, place, file, checkpoint) => {
  mkdirSync(path.join(folder, 'nested/deep'), { recursive: true });
  writeFileSync(path.join(folder, 'nested/dapo.config.ts'), tinyConfig);
  const cwd = path.join(folder, place);
  const { stdout } = await dapo(['sft', ...file, '--out', 'warm-below', '--steps', '1', '--batch', '8'], { cwd });
  const suggested = /npx dapo (train .*)$/m.exec(stdout)?.[1]?.split(' ');
  expect(suggested).toEqual(['train', ...file, '--set', `policy.checkpoint=${checkpoint}`]);
  const { code, stderr } = await dapo([...suggested!, '--quiet', '--steps', '1', '--out', 'runs/warm-below'], { cwd });
  expect(code, stderr).toBe(0);
});

test('a reader that goes away early is no error', async () => {
  const { code, stderr } = await dapo(['plugins'], { cwd: folder, closeOutput: true });
  expect([code, stderr]).toEqual([0, '']);
});

test('a model that the backend has no room for is refused before it is made; what is frozen needs less', async () => {
  const half = [
    'policy.family=qwen2',
    'policy.hiddenSize=896',
    'policy.layers=24',
    'policy.heads=14',
    'policy.intermediateSize=4864',
  ];
  const train = (...more: string[]): Promise<Ended> =>
    dapo(
      ['train', '--backend', 'wasm', '--out', 'runs/large', ...[...half, ...more].flatMap((set) => ['--set', set])],
      { cwd: folder },
    );
  const { code, stderr } = await train();
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: The model does not fit into the backend «wasm».* DAPO_RUN_MODEL_TOO_LARGE\n/m);
  expect(stderr).toMatch(/received: 7\.\d GB at least: weights 1\.6 GB, moments of the optimizer 3\.\d GB, /);
  const layers = (first: number): string =>
    `policy.freeze=[${Array.from({ length: 24 - first }, (_, layer) => `model.layers.${layer + first}.`).join(', ')}]`;
  expect((await train(layers(8))).stderr).toMatch(
    /received: 5\.\d GB at least: weights 1\.6 GB, moments of the optimizer 1\.\d GB, /,
  );
  expect(existsSync(path.join(folder, 'runs/large'))).toBe(false);
});
