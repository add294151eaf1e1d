import { expect, test } from 'vitest';
import { dapo } from './dapo-process.js';

test('plugins are listed by kind, each with what it does', async () => {
  const { code, stdout } = await dapo(['plugins']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^clip-rule: limits how far an update moves a token/m);
  expect(stdout).toMatch(/^ {2}clip-higher {2,}Clip with a higher upper bound/m);
  expect(stdout).toMatch(/^sampler: /m);
});

test('a kind lists its own plugins only', async () => {
  const { stdout } = await dapo(['plugins', 'aggregation']);
  expect(stdout).toMatch(/^ {2}token\b/m);
  expect(stdout).not.toContain('clip-rule:');
});

test('a plugin says all about itself: options, source, departures, metrics', async () => {
  const { stdout } = await dapo(['plugins', 'clip-higher']);
  expect(stdout).toMatch(/^clip-rule clip-higher\n/);
  expect(stdout).toMatch(/source +DAPO, Clip-Higher, arXiv 2503\.14476/);
  expect(stdout).toMatch(/departures +none/);
  expect(stdout).toMatch(/high +number > 0 +0\.28 +ε_high/);
  expect(stdout).toMatch(/loss\/clip-fraction-high +share +mean over tokens/);
  expect(stdout).toContain('--set loss.clip=clip-higher');
});

test('a name of several kinds shows each, kind/name one, and other names lead to it', async () => {
  const [both, one, alias] = await Promise.all([
    dapo(['plugins', 'token']),
    dapo(['plugins', 'aggregation/token']),
    dapo(['plugins', 'decoupled clip']),
  ]);
  expect(both.stdout).toMatch(/^ratio-level token[\s\S]*\n\naggregation token/m);
  expect(one.stdout).toMatch(/^aggregation token/);
  expect(one.stdout).not.toContain('ratio-level token');
  expect(alias.stdout).toMatch(/^clip-rule clip-higher/);
});

test('a name that is not there is answered with the nearest one', async () => {
  const { code, stderr } = await dapo(['plugins', 'clip-highr']);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^error: There is no kind or plugin «clip-highr»\. DAPO_CLI_UNKNOWN_PLUGIN\n[\s\S]* {2}nearest: {2}clip-higher\n/,
  );
});

test('metrics are listed with unit and meaning', async () => {
  const { stdout } = await dapo(['plugins', '--metrics']);
  expect(stdout).toMatch(
    /^ {2}loss\/clip-fraction +share +mean over tokens +tokens whose gradient the clip holds back$/m,
  );
});

test('JSON holds the same, with the schema of the options', async () => {
  const { stdout } = await dapo(['plugins', 'clip-higher', '--json']);
  expect(JSON.parse(stdout)).toMatchObject([
    { kind: 'clip-rule', name: 'clip-higher', options: { properties: { high: { default: 0.28 } } } },
  ]);
});
