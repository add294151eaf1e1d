import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
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

describe('plugins of the user', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'dapo-own-plugins-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const source = (kind: string, name: string): string => `import { definePlugin, tf, z } from '@dapo/core';
    export default definePlugin({ kind: '${kind}', name: '${name}', summary: 'What ${name} does.',
      options: z.strictObject({ c: z.number().default(2).describe('how much') }), create: () => ({}) });\n`;
  mkdirSync(path.join(folder, 'plugins'));
  writeFileSync(path.join(folder, 'plugins/my-clip.ts'), source('clip-rule', 'my-clip'));
  writeFileSync(path.join(folder, 'elsewhere.ts'), source('guard', 'my-guard'));
  writeFileSync(path.join(folder, 'broken.ts'), "throw new Error('not today');\n");
  writeFileSync(path.join(folder, 'package.json'), '{}');
  writeFileSync(
    path.join(folder, 'dapo.config.json'),
    JSON.stringify({ extends: 'dapo', prompts: { train: 'arithmetic' }, plugins: ['./elsewhere.ts'] }),
  );

  test('are listed with the shipped ones: those in plugins/, and those that the config names', async () => {
    const { code, stdout } = await dapo(['plugins'], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}my-clip +What my-clip does\. \(\.\/plugins\/my-clip\.ts\)$/m);
    expect(stdout).toMatch(/^ {2}my-guard +What my-guard does\. \(my-guard\)$/m);
    expect(stdout).toMatch(/^ {2}clip-higher /m);
  });

  test.each([['my-clip'], ['./plugins/my-clip.ts'], ['plugins/my-clip.ts'], ['clip-rule/my-clip']])(
    '%s shows all about it',
    async (name) => {
      const { stdout } = await dapo(['plugins', name], { cwd: folder });
      expect(stdout).toMatch(/^clip-rule my-clip\n/);
      expect(stdout).toMatch(/c +number +2 +how much/);
      expect(stdout).toContain('--set loss.clip=./plugins/my-clip.ts');
    },
  );

  test('by its name alone where the config names it, and nothing of it runs with --no-exec', async () => {
    const shown = await dapo(['plugins', 'my-guard'], { cwd: folder });
    expect(shown.stdout).toMatch(/^guard my-guard\n/);
    const refused = await dapo(['plugins', 'my-guard', '--no-exec'], { cwd: folder });
    expect([refused.code, refused.stdout]).toEqual([1, '']);
  });

  test('a file that throws is named', async () => {
    const { code, stderr } = await dapo(['plugins', './broken.ts'], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toContain('not today');
    expect(stderr).toContain('broken.ts');
    expect(stderr).not.toContain('This is a bug');
  });
});
