import { definePlugin, groupDeviations, groupsOfOne } from '@dapo/core';

export default definePlugin({
  kind: 'advantage',
  name: 'group-center',
  summary: "A reward's distance from the mean of its group, not divided by anything.",
  source: {
    title: 'Understanding R1-Zero-like training, Dr. GRPO',
    arxiv: '2503.20783',
    equation: 'section 3.2',
  },
  departures: 'none; a group of one keeps its reward, as in verl',
  alsoKnownAs: ['Dr. GRPO', 'mean baseline'],
  check: (_, config) => groupsOfOne(config),
  create: () => ({ estimate: ({ rewards, present }) => groupDeviations(rewards, present) }),
});
