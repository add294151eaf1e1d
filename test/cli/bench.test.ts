import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { benchmarkSchema } from '../../packages/cli/src/benchmark/schema.js';
import { dapo, temporaryFolder, tinyConfig } from './dapo-process.js';

const folder = temporaryFolder({
  'dapo.config.ts': tinyConfig,
  'reward.ts': "export default () => {\n  throw new Error('no score today');\n};\n",
});
const bench = (...args: readonly string[]) => dapo(['bench', ...args], { cwd: folder });

// Each measurement is a process: on a machine that others load these take long.
const PATIENCE = 300_000;

test(
  'a config is measured: a table for people, a file that is as its schema says, and no run',
  { timeout: PATIENCE },
  async () => {
    const { code, stdout, stderr } = await bench(
      'dapo.config.ts',
      '--backends',
      'wasm',
      '--steps',
      '1',
      '--out',
      'bench.json',
    );
    expect(stderr).not.toContain('error');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}config +backend +node +update ms +tokens\/s +step s +peak RSS MiB$/m);
    expect(stdout).toMatch(
      new RegExp(`^ {2}dapo.config.ts +wasm +${process.version.slice(1)} +[\\d.,]+ \\([\\d.,]+\\)`, 'm'),
    );
    const report = benchmarkSchema.parse(JSON.parse(readFileSync(path.join(folder, 'bench.json'), 'utf8')));
    expect(report.steps).toMatchObject([
      { config: 'dapo.config.ts', backend: 'wasm', responses: 8, updates: 2, step: { values: [expect.any(Number)] } },
    ]);
    expect(report.backends).toMatchObject([
      { backend: 'wasm', products: { '1024×1024×1024': { best: expect.any(Number) as number } } },
    ]);
    expect(() => readFileSync(path.join(folder, 'runs'))).toThrow(/ENOENT/);
  },
);

test.each([
  [
    ['--configs', 'b'],
    /^error: There is no built-in configuration «b»\. DAPO_CLI_UNKNOWN_CONFIGURATION\n {2}expected: .*A, B, C, D, E.*\n {2}nearest: {2}B/,
  ],
  [
    ['dapo.config.ts', '--configs', 'A'],
    /^error: --configs measures built-in configurations.* DAPO_CLI_CONFIG_WITH_CONFIGURATIONS/,
  ],
  [['--backends', 'wsm'], /^error: There is no backend «wsm»\. DAPO_CLI_UNKNOWN_BACKEND/],
] as const)('%s is answered before anything is measured', async (args, text) => {
  const { code, stderr } = await bench(...args);
  expect(code).toBe(1);
  expect(stderr).toMatch(text);
  expect(stderr).not.toContain('measuring');
});

test('a config that is wrong is answered as by every other command, before anything is measured', async () => {
  const { code, stderr } = await bench('dapo.config.ts', '--set', 'policy.hiddenSize=15');
  expect(code).toBe(1);
  expect(stderr).toContain('policy.heads');
  expect(stderr).not.toContain('measuring');
});

test('a config that does not train is told with what it said', { timeout: PATIENCE }, async () => {
  const rewards = ['--set', 'rewards={ answer: false, mine: { use: function, path: ./reward.ts } }'];
  const { code, stdout } = await bench('dapo.config.ts', '--backends', 'wasm', '--steps', '1', ...rewards);
  expect(code).toBe(1);
  expect(stdout).toMatch(/dapo\.config\.ts +wasm +[\d.]+ +failed/);
  expect(stdout).toMatch(/^dapo\.config\.ts, wasm on Node v[\d.]+: [^]*no score today/m);
});
