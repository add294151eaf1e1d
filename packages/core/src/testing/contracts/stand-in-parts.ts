import { definePlugin, type Plugin } from '../../plugin/define-plugin.js';
import type { Kind } from '../../plugin/kinds.js';
import { clippedSurrogate } from '../../tensors/clipped-surrogate.js';
import { logRatio } from '../../tensors/log-ratio.js';
import { tf } from '../../tensors/tf.js';

const ratioLevel = definePlugin({
  kind: 'ratio-level',
  name: 'plain-ratio',
  create: () => ({
    ratio: ({ logProbs, oldLogProbs, mask }) => tf.exp(logRatio(logProbs, oldLogProbs, mask)),
  }),
});

const clipRule = definePlugin({
  kind: 'clip-rule',
  name: 'plain-clip',
  create: () => ({
    perToken: ({ ratio, advantages }) => clippedSurrogate(ratio, advantages, { low: 0.2, high: 0.28 }),
  }),
});

const sampler = definePlugin({
  kind: 'sampler',
  name: 'plain-sampler',
  create: () => ({
    async next(context) {
      const { target, prompts } = context;
      const groups = (await context.rollout(await prompts.next(target))).filter(({ verdict }) => verdict === 'keep');
      return { groups, surplus: 0, ...(groups.length < target && { exhausted: 'some groups were dropped' }) };
    },
  }),
});

/** The plainest plugin of a kind, for slots that a plugin fills by default: core knows no other plugin. */
export const standInParts: Readonly<Partial<Record<Kind, Plugin>>> = {
  'ratio-level': ratioLevel as unknown as Plugin,
  'clip-rule': clipRule as unknown as Plugin,
  sampler: sampler as unknown as Plugin,
};
