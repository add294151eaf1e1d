import { definePlugin, groupDeviations, groupSpread, tf, z, type OptionsOf } from '@dapo/core';

const options = z.strictObject({
  scale: z.boolean().default(true).describe('divide by the range of the group, so that advantages lie within ±1'),
});

/**
 * A = (r − mean) / (max − min) over the group; 0 where all rewards of a group are equal.
 *
 * @param rewards [groups, responses]
 * @param present 1 where a response stands [groups, responses]
 * @returns [groups, responses]
 * @example rangeAdvantages([[1, 0, 0, 0]], …) → [[0.75, -0.25, -0.25, -0.25]]
 */
export function rangeAdvantages(rewards: tf.Tensor2D, present: tf.Tensor2D, scale: boolean): tf.Tensor2D {
  const lead = groupDeviations(rewards, present);
  return scale ? tf.divNoNan(lead, groupSpread(rewards, present)) : lead;
}

export default definePlugin({
  kind: 'advantage',
  name: 'my-advantage',
  summary: "A reward's distance from the mean of its group, in units of the group's range.",
  source: { title: 'our own' },
  options,
  create: ({ scale }) => ({ estimate: ({ rewards, present }) => rangeAdvantages(rewards, present, scale) }),
});

/** With `plugins: ['./plugins/my-advantage.ts']` in a config, `use: 'my-advantage'` completes there and its options are checked. */
declare module '@dapo/core' {
  interface PluginCatalogue {
    'my-advantage': {
      advantage: { 'my-advantage': OptionsOf<(typeof import('./my-advantage.js'))['default']> };
    };
  }
}
