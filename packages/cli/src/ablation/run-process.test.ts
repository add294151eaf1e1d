import { expect, test } from 'vitest';
import { runDapo } from './run-process.js';

test('a run that begins after Ctrl-C is stopped as one that began before it', async () => {
  const { code } = await runDapo(['--help'], { signal: AbortSignal.abort(), onRecord: () => undefined });
  expect(code).toBeNull();
});
