import { expect, test } from 'vitest';
import { dapo } from './dapo-process.js';

test('doctor shows machine and backends, and measures the one that a run would take', async () => {
  const { code, stdout } = await dapo(['doctor']);
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`Node +${process.version}`));
  expect(stdout).toMatch(/✓ {2}wasm/);
  expect(stdout).toMatch(/backend +wasm, the default/);
  expect(stdout).toMatch(/speed +\d+\.\d GFLOP\/s/);
});

test('the same as JSON', async () => {
  const { stdout } = await dapo(['doctor', '--json', '--backend', 'wasm']);
  const report = JSON.parse(stdout) as { chosen: string; why: string; gigaflops: number };
  expect([report.chosen, report.why]).toEqual(['wasm', '--backend']);
  expect(report.gigaflops).toBeGreaterThan(0);
});

test('a backend that is not there is an error that names those that are', async () => {
  const { code, stderr } = await dapo(['doctor', '--backend', 'wsm']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: There is no backend «wsm»\. DAPO_CLI_UNKNOWN_BACKEND\n {2}expected: .*wasm/);
});
