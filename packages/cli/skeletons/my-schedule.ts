import { definePlugin, z, type OptionsOf } from '@dapo/core';

const options = z.strictObject({
  warmUp: z.int().min(1).default(10).describe('W: optimizer steps until the learning rate is reached'),
});

/**
 * min((t + 1) / W, √(W / (t + 1))): rises over W steps, then falls with the root of the steps taken.
 *
 * @param step t: optimizer steps taken before this one
 */
export function inverseRoot(step: number, warmUp: number): number {
  return Math.min((step + 1) / warmUp, Math.sqrt(warmUp / (step + 1)));
}

export default definePlugin({
  kind: 'schedule',
  name: 'my-schedule',
  summary: 'A linear rise, then a fall with the inverse square root of the steps.',
  source: { title: 'Attention Is All You Need', arxiv: '1706.03762', equation: '3' },
  departures: 'scaled so that its highest value is 1',
  options,
  create: ({ warmUp }) => ({ factor: ({ optimizerStep }) => inverseRoot(optimizerStep, warmUp) }),
});

/** With `plugins: ['./plugins/my-schedule.ts']` in a config, `use: 'my-schedule'` completes there and its options are checked. */
declare module '@dapo/core' {
  interface PluginCatalogue {
    'my-schedule': { schedule: { 'my-schedule': OptionsOf<(typeof import('./my-schedule.js'))['default']> } };
  }
}
