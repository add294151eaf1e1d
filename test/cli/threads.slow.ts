import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { dapo, temporaryFolder, tinyConfig } from './dapo-process.js';

interface Trained {
  readonly backend: Readonly<Record<string, unknown>>;
  /** Metrics of all steps but those of clock and memory. */
  readonly metrics: string;
}

/** Large enough that threads get work: a kernel of less than 50 µs is computed by one alone. */
const LARGER = ['policy.hiddenSize=64', 'policy.heads=4', 'rollout.prompts=16', 'update.miniBatch=32'];

/** A short run under flags of Node. */
async function train(node: readonly string[], ...args: string[]): Promise<Trained> {
  const cwd = temporaryFolder({ 'dapo.config.ts': tinyConfig });
  const set = LARGER.flatMap((override) => ['--set', override]);
  const { code, stderr } = await dapo(['train', '--backend', 'wasm', '--out', 'run', ...set, ...args], { cwd, node });
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  const read = (name: string): string => readFileSync(path.join(cwd, 'run', name), 'utf8');
  const rows = read('metrics.jsonl')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { metrics: Record<string, number> }).metrics);
  const kept = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('time/'))));
  return {
    backend: (JSON.parse(read('manifest.json')) as { backend: Trained['backend'] }).backend,
    metrics: JSON.stringify(kept),
  };
}

/** A process whose memory can't be shared, as in a page that isn't isolated. */
const WITHOUT_SHARED_MEMORY = `data:text/javascript,${encodeURIComponent(`
  const { Memory } = WebAssembly;
  WebAssembly.Memory = function (limits) {
    if (limits.shared) throw new RangeError('no shared memory here');
    return new Memory(limits);
  };
  WebAssembly.Memory.prototype = Memory.prototype;
`)}`;

test('the metrics are the same bits on two threads, on one, and where no thread or no shared memory can be had', async () => {
  const two = await train([], '--threads', '2');
  expect(two.backend).toMatchObject({ threads: 2 });
  expect(two.backend).not.toHaveProperty('oneThread');

  const one = await train([], '--threads', '1');
  expect(one.backend).toMatchObject({ threads: 1 });
  expect(one.metrics).toBe(two.metrics);

  const alone = await train(['--import', WITHOUT_SHARED_MEMORY], '--threads', '2');
  expect(alone.backend).toMatchObject({
    threads: 1,
    oneThread: 'the build for threads does not start: no shared memory here',
  });
  expect(alone.metrics).toBe(two.metrics);

  const [major] = process.versions.node.split('.').map(Number) as [number];
  const permission = major < 22 ? '--experimental-permission' : '--permission';
  const guarded = await train(
    [permission, '--allow-fs-read=*', '--allow-fs-write=*', '--allow-child-process'],
    '--threads',
    '2',
  );
  expect(guarded.backend).toMatchObject({
    threads: 1,
    oneThread: expect.stringMatching(/^no thread can be started: /) as string,
  });
  expect(guarded.metrics).toBe(two.metrics);
});
