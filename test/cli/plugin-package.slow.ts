import path from 'node:path';
import { kinds } from '@dapo/core';
import { expect, test } from 'vitest';
import { dapo } from './dapo-process.js';
import { folderInCheckout, lintAndSmoke } from './plugin-project.js';

const home = folderInCheckout('plugin-packages');

/** Some of the twenty, so that CI stays short: `KINDS=all npm run test:slow -- plugin-package` takes all of them. */
const chosen = process.env.KINDS ?? 'backend loss';
const tried = chosen === 'all' ? Object.keys(kinds) : chosen.split(' ');

test.each(tried)('a package of a %s is told nothing, compiles, and trains three steps', async (kind) => {
  await dapo(['plugin', 'new', kind, `new-${kind}`, '--package', kind], { cwd: home });
  const { lint, types, smoke } = await lintAndSmoke(path.join(home, kind));
  expect([lint.code, lint.stdout]).toEqual([0, '1 plugin: nothing found.\n']);
  expect(types).toBe('');
  expect([smoke.code, smoke.stdout]).toEqual([0, expect.stringMatching(/^Finished 3 rollout steps in /m)]);
});
