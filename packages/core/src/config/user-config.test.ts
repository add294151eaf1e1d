import { expect, test } from 'vitest';
import { defineConfig, type UserConfig } from './user-config.js';

/** The compiler is the test: a line that should not compile and does is an error of its own. */
const configs: readonly UserConfig[] = [
  defineConfig({
    extends: ['dapo', './base.yaml'],
    rollout: { prompts: 4 },
    sampler: './my-sampler.ts',
    advantage: { use: '@acme/advantages#soft', strength: 2 },
    generator: { use: 'dapo-plugin-remote', url: 'http://localhost' },
    rewards: { mine: { use: '../rewards/mine.ts', weight: 0.5 }, length: false },
    correction: false,
  }),
  // @ts-expect-error a setting that the engine doesn't have
  defineConfig({ rollout: { promts: 4 } }),
  // @ts-expect-error a setting of another type
  defineConfig({ seed: '1' }),
  // @ts-expect-error a number names no plugin
  defineConfig({ sampler: 7 }),
  // @ts-expect-error a name that no package has
  defineConfig({ sampler: 'no-such-sampler' }),
  // @ts-expect-error a sampler that no package has, with options
  defineConfig({ sampler: { use: 'no-such-sampler', rounds: 3 } }),
  // @ts-expect-error what a run needs can't be taken out
  defineConfig({ sampler: false }),
];

test('a config is what was written', () => {
  expect(configs[1]).toEqual({ rollout: { promts: 4 } });
});
