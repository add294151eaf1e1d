import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { dapo, temporaryFolder, tinyConfig } from './dapo-process.js';

const config = tinyConfig.replace(
  "sampler: 'standard'",
  `rewards: { answer: false, mine: { use: 'function', path: './reward.ts', export: process.env['EXPORT'] ?? 'default' } },
  sampler: 'standard'`,
);

const folder = temporaryFolder({
  'dapo.config.ts': config,
  'reward.ts': `import type { RewardItem } from '@dapo/core';

export default ({ response }: RewardItem): number => response.text.length / 4;

/** Slower than any patience, and always with an answer. */
export const slow = async ({ response }: RewardItem): Promise<number> => {
  await new Promise((done) => setTimeout(done, 400));
  return response.text.length;
};

export const never = (): Promise<number> => new Promise(() => undefined);
`,
});

const train = (name: string, out: string): ReturnType<typeof dapo> =>
  dapo(['train', '--out', out, '--steps', '1'], { cwd: folder, env: { EXPORT: name } });

test('a run is trained by a function of one’s own, and its manifest holds the hash of the file', async () => {
  const { code, stderr } = await train('default', 'runs/first');
  expect(stderr).not.toContain('error');
  expect(code).toBe(0);
  const { plugins } = JSON.parse(readFileSync(path.join(folder, 'runs/first/manifest.json'), 'utf8')) as {
    readonly plugins: Record<string, { readonly modules: { readonly file: string; readonly hash: string }[] }>;
  };
  const [module] = plugins['rewards.mine']!.modules;
  expect(path.basename(module!.file)).toBe('reward.ts');
  expect(module!.hash).toMatch(/^[0-9a-f]{64}$/);
});

test('a slow function is waited for', async () => {
  expect((await train('slow', 'runs/slow')).code).toBe(0);
});

test('one that never answers ends the run with an error that names it', async () => {
  const { code, stderr } = await train('never', 'runs/never');
  expect(stderr).toMatch(
    /error: never of \.\/reward\.ts, for prompt «[^»]+», gave a promise in an evaluation that nothing will ever settle\. DAPO_PLUGIN_NEVER_SETTLED/,
  );
  expect(stderr).toContain('at rewards.mine');
  expect(code).toBe(1);
});
