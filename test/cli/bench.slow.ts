import { expect, test } from 'vitest';
import { benchmarkSchema } from '../../packages/cli/src/benchmark/schema.js';
import { dapo, temporaryFolder, tinyConfig } from './dapo-process.js';

const folder = temporaryFolder({ 'dapo.config.ts': tinyConfig });
const bench = (...args: readonly string[]) => dapo(['bench', ...args], { cwd: folder });

test('growth is that of the sizes that the config has, with an exponent each', async () => {
  const { code, stdout } = await bench('dapo.config.ts', '--backends', 'wasm', '--steps', '1', '--growth', '--json');
  expect(code).toBe(0);
  const { growth } = benchmarkSchema.parse(JSON.parse(stdout));
  expect(growth?.map((axis) => 'along' in axis && axis.along)).toEqual([
    'rollout.groupSize',
    'rollout.maxResponseLength',
    'policy.hiddenSize',
    'policy.layers',
  ]);
  expect(growth?.[0]).toMatchObject({ points: [{ value: 2 }, { value: 4 }, { value: 8 }] });
});
