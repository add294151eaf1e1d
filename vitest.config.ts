import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { driverEnvironment } from './test/webgpu/driver.js';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Tests run on the sources; those in test/cli run the built CLI as a user does. */
const alias = [
  { find: /^@dapo\/core\/testing$/, replacement: source('packages/core/src/testing/index.ts') },
  { find: /^@dapo\/core$/, replacement: source('packages/core/src/index.ts') },
  { find: /^@dapo\/plugins$/, replacement: source('packages/plugins/src/index.ts') },
];

const project = (name: string, include: string[], timeout: number) => ({
  extends: true as const,
  test: { name, include, testTimeout: timeout, hookTimeout: timeout },
});

/** Suites on the webgpu backend, on a software adapter where no GPU is; all are skipped, and counted, where neither is. */
const onWebGpu = (name: string, include: string[], groupOrder: number) => ({
  extends: true as const,
  test: {
    ...project(name, include, 900_000).test,
    setupFiles: [source('test/property-seed.ts'), source('test/webgpu/setup.ts')],
    env: { GOLDEN_BACKEND: 'webgpu', ...driverEnvironment() },
    // One process for all: it has one backend, and a shader is compiled once.
    maxWorkers: 1,
    isolate: false,
    sequence: { groupOrder },
    passWithNoTests: true,
  },
});

const webgpu = [
  onWebGpu(
    'webgpu',
    [
      'test/webgpu/**/*.webgpu.ts',
      'test/contracts/every-plugin.test.ts',
      'test/golden/**/*.test.ts',
      'test/invariants/{gradients,split}.test.ts',
      'test/techniques/!(memory-limit).test.ts',
      'packages/core/src/tensors/**/*.test.ts',
      'packages/plugins/src/{advantages,aggregations,corrections,filters,losses,optimizers,signals}/**/*.test.ts',
    ],
    1,
  ),
  // After it nothing can be computed in the process.
  onWebGpu('webgpu-failure', ['test/webgpu/failed-device.ts'], 2),
];

export default defineConfig({
  resolve: { alias },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    setupFiles: source('test/property-seed.ts'),
    globalSetup: source('test/temporary-files.ts'),
    onConsoleLog: (log) => !log.includes('looks like you are running TensorFlow.js'),
    exclude: ['**/node_modules/**', '**/dist/**'],
    projects: [
      project(
        'fast',
        [
          'packages/*/src/**/*.test.ts',
          'packages/cli/skeletons/*.test.ts',
          'test/**/*.test.ts',
          'templates/**/*.test.ts',
        ],
        60_000,
      ),
      project('slow', ['test/**/*.slow.ts'], 900_000),
      project('tensorflow', ['test/**/*.tensorflow.ts'], 900_000),
      project('golden', ['test/golden/**/*.test.ts'], 120_000),
      ...webgpu,
    ],
  },
});
