import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { coreShare } from './core-share.js';

const config = fileURLToPath(new URL('../../../../templates/ablation/dapo.config.ts', import.meta.url));

test.each([
  [1, 8, 'backend.threads=8'],
  [3, 8, 'backend.threads=2'],
  [4, 2, 'backend.threads=1'],
])('%i processes on %i cores: %s', async (jobs, cores, override) => {
  expect(await coreShare(config, [], jobs, {}, cores)).toEqual([override]);
});

test('threads that the config says are left alone, and a backend without the option is told nothing', async () => {
  expect(await coreShare(config, ['backend.threads=2'], 1, {}, 8)).toEqual([]);
  expect(await coreShare(config, ['backend=cpu'], 1, {}, 8)).toEqual([]);
});
