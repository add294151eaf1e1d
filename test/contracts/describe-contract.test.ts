import { definePlugin, tf } from '@dapo/core';
import { contractChecks, cpuBackend, describeContract, type AnyPlugin } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import clipHigher from '../../packages/plugins/src/losses/clip-rules/clip-higher.js';

const average = definePlugin({
  kind: 'clip-rule',
  name: 'average',
  create: () => ({ perToken: ({ ratio, advantages }) => tf.mean(tf.mul(ratio, advantages)) }),
});

/** Runs what describeContract writes, and gives how each test ended. */
async function outcomes(
  plugin: AnyPlugin,
  backends: readonly AnyPlugin<'backend'>[] = [cpuBackend],
): Promise<Map<string, string>> {
  const tests: [string, (context: { skip(reason: string): void }) => Promise<void>][] = [];
  let path = '';
  const runner = {
    describe: (name: string, body: () => void) => {
      path = name;
      body();
    },
    test: (name: string, body: (context?: { skip?(reason?: string): void }) => Promise<void>) =>
      void tests.push([`${path} ${name}`, body]),
  };
  describeContract(plugin, { runner, backends });
  const ended = new Map<string, string>();
  for (const [name, body] of tests) {
    let how = 'passed';
    await body({ skip: (reason) => void (how = `skipped: ${reason}`) }).catch(
      (error: unknown) => (how = (error as Error).message),
    );
    ended.set(name, how);
  }
  return ended;
}

test('one test for each check, and all pass on a plugin that holds to its contract', async () => {
  const ended = await outcomes(clipHigher);
  expect([...ended.keys()]).toEqual(
    contractChecks(clipHigher).map(({ name }) => `clip-rule clip-higher, on cpu, ${name}`),
  );
  expect(new Set(ended.values())).toEqual(new Set(['passed']));
});

test('a test that fails says what is wrong, and those that mean nothing then are skipped', async () => {
  const ended = await outcomes(average);
  expect(ended.get('clip-rule average, on cpu, gives one number for each token')).toBe(
    'clip-rule average does not hold to «gives one number for each token»: it gives the shape [] for log-probs of [5, 4]: ' +
      'give one number for each token and leave sums and means to the aggregation',
  );
  expect(ended.get('clip-rule average, on cpu, is the same with more padding')).toBe(
    'skipped: mend first: gives one number for each token',
  );
  expect(ended.get('clip-rule average, on cpu, has the functions of its contract')).toBe('passed');
});

test('a backend that is not there is skipped with its reason', async () => {
  const missing = definePlugin({
    kind: 'backend',
    name: 'elsewhere',
    create: () => ({
      name: 'elsewhere',
      deterministic: true,
      available: async () => ({ ok: false, reason: 'There is none.', remedy: 'Get one.' }),
      start: () => Promise.reject(new Error('started')),
    }),
  });
  const ended = await outcomes(clipHigher, [missing]);
  expect(new Set(ended.values())).toEqual(new Set(['skipped: There is none. Get one.']));
});

test('something that is no plugin is refused', () => {
  expect(() => contractChecks({ kind: 'clip-rule', name: 'bare', create: () => ({}) as never })).toThrow(
    'something that is no plugin',
  );
});

test('a plugin with options that it can not do without says how to hand them over', async () => {
  const { default: topK } = await import('../../packages/plugins/src/filters/top-k-responses.js');
  const [first] = contractChecks(topK);
  expect((await first!.run()).finding).toBe(
    [
      "filter top-k-responses can't be made with the options that the suite has.",
      '  received: keep: Invalid input: expected number, received undefined',
      '  do:       hand it options that fit: describeContract(plugin, { options: { … } })',
    ].join('\n'),
  );
});
