import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import pluginsManifest from '../packages/plugins/src/index.js';
import { comparable, trainSmallWorld } from './techniques/tabular-run.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8');
interface PackageJson {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}
const packageJson = (path: string): PackageJson => JSON.parse(read(`${path}/package.json`)) as PackageJson;

describe('the top level is the one on the card', () => {
  test.each(['package.json', 'packages/core', 'packages/plugins', 'packages/cli', 'templates', 'test', 'lerna.json'])(
    '%s',
    (path) => {
      expect(existsSync(`${root}/${path}`)).toBe(true);
    },
  );
});

describe('the packages on the card do what they are there for', () => {
  test.each([
    ['tsyringe', 'packages/core/src/plugin/container.ts'],
    ['reflect-metadata', 'packages/core/src/plugin/container.ts'],
    ['eventemitter3', 'packages/core/src/events/events.ts'],
    ['cosmiconfig', 'packages/core/src/node/read-config-file.ts'],
  ])('%s is a dependency of the core and imported in %s', (name, file) => {
    expect(packageJson('packages/core').dependencies).toHaveProperty([name]);
    expect(read(file)).toContain(`'${name}'`);
  });

  test('vitest runs the tests', () => {
    expect(packageJson('.').devDependencies).toHaveProperty(['vitest']);
  });

  test('@tensorflow/tfjs-node-gpu is an optional peer that a backend uses', () => {
    const { peerDependencies, peerDependenciesMeta } = packageJson('packages/plugins');
    expect(peerDependencies).toHaveProperty(['@tensorflow/tfjs-node-gpu']);
    expect(peerDependenciesMeta?.['@tensorflow/tfjs-node-gpu']?.optional).toBe(true);
    expect(pluginsManifest.plugins.backend).toHaveProperty('tensorflow');
  });
});

describe('the core defines the interfaces on the card', () => {
  test.each([
    ['Sampler', 'sampler'],
    ['RewardFn', 'reward-fn'],
    ['AdvantageEstimator', 'advantage-estimator'],
    ['LossFn', 'loss-fn'],
    ['Filter', 'filter'],
  ])('%s', (name, file) => {
    expect(read(`packages/core/src/contracts/${file}.ts`)).toMatch(new RegExp(`export (interface|type) ${name}\\b`));
  });
});

describe('each DAPO technique is a plugin that one line of config swaps', () => {
  test.each([
    ['Clip-Higher', 'clip-rule', 'clip-higher', ['loss.clip=clip-higher'], ['loss.clip=clip']],
    ['Dynamic Sampling', 'sampler', 'dynamic', ['sampler=dynamic'], ['sampler=standard', 'filters.outcomes=false']],
    ['Token-Level Policy Gradient Loss', 'aggregation', 'token', ['aggregation=token'], ['aggregation=sequence']],
    ['Overlong Reward Shaping', 'reward', 'soft-overlong', ['rewards.length=soft-overlong'], ['rewards.length=false']],
  ] as const)('%s', async (_, kind, name, on, off) => {
    expect(pluginsManifest.plugins[kind]).toHaveProperty(name);
    const dapo = comparable(await trainSmallWorld('dapo'));
    expect(comparable(await trainSmallWorld('dapo', on))).toEqual(dapo);
    expect(comparable(await trainSmallWorld('dapo', off))).not.toEqual(dapo);
  });
});

describe('the mathematics of every technique is a tf function', () => {
  test.each([
    'losses/clip-rules/clip-higher.ts',
    'filters/mixed-outcomes.ts',
    'aggregations/token.ts',
    'rewards/soft-overlong.ts',
    'advantages/group-norm.ts',
  ])('%s', (file) => {
    expect(read(`packages/plugins/src/${file}`)).toMatch(/\btf\.\w+\(|clippedSurrogate\(/);
  });
});
