import { beforeAll, expect, test } from 'vitest';
import { dapo, temporaryFolder, tinyConfig } from './dapo-process.js';

const folder = temporaryFolder({ 'dapo.config.ts': tinyConfig });

beforeAll(async () => {
  await dapo(['train', '--out', 'runs/first'], { cwd: folder });
  await dapo(['train', '--out', 'runs/second', '--seed', '2', '--set', 'loss.clip=clip'], { cwd: folder });
});

test('diff shows the config paths and plugins that differ, and nothing of what is the same', async () => {
  const { code, stdout } = await dapo(['diff', 'runs/first', 'runs/second'], { cwd: folder });
  expect(code).toBe(0);
  expect(stdout).toContain('config\n  seed: 1 → 2\n  loss.clip: clip-higher → clip\n');
  expect(stdout).toContain('plugins\n  loss.clip.name: clip-higher → clip\n');
  expect(stdout).not.toMatch(/^(data|engine|machine)/m);
});

test('diff of a run with itself says that nothing differs', async () => {
  const { stdout } = await dapo(['diff', 'runs/first', 'runs/first'], { cwd: folder });
  expect(stdout).toBe('Nothing differs: the same config, seed, plugins, data, versions and machine.\n');
});

test('compare puts scores and costs side by side, with the difference paired over problems', async () => {
  const { code, stdout } = await dapo(['compare', 'runs/first', 'runs/second'], { cwd: folder });
  expect(code).toBe(0);
  expect(stdout).toMatch(/rollout steps +2 +2\n/);
  expect(stdout).toMatch(/generated tokens +\d+ +\d+\n/);
  expect(stdout).toMatch(/second − first: [+−]?\d+\.\d points \(95 %: .* paired over \d+ problems\)/);
  expect(stdout).toContain('Another seed may move either run by more');
});
