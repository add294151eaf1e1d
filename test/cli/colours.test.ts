import { expect, test } from 'vitest';
import { dapo } from './dapo-process.js';

const ESCAPE = '\u001b[';

test('a pipe gets no colours, FORCE_COLOR gives them, NO_COLOR takes them away', async () => {
  const [pipe, forced, none] = await Promise.all([
    dapo(['plugins', 'sampler']),
    dapo(['plugins', 'sampler'], { env: { FORCE_COLOR: '1' } }),
    dapo(['--help'], { env: { NO_COLOR: '1', FORCE_COLOR: '1' } }),
  ]);
  expect(pipe.stdout).not.toContain(ESCAPE);
  expect(forced.stdout).toContain(ESCAPE);
  expect(none.stdout).not.toContain(ESCAPE);
});

test('an error is red on request, and has a stack only with --verbose', async () => {
  const [quiet, verbose] = await Promise.all([
    dapo(['plugins', 'nothing-like-it'], { env: { FORCE_COLOR: '1' } }),
    dapo(['plugins', 'nothing-like-it', '--verbose']),
  ]);
  expect(quiet.stderr).toContain(`${ESCAPE}31m`);
  expect(quiet.stderr).not.toMatch(/^ {4}at /m);
  expect(verbose.stderr).toMatch(/^ {4}at /m);
});
