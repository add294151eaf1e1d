import { tf, z, type GuardAnswer } from '@dapo/core';
import { defectsOf } from './planted.js';

const guard = defectsOf('guard');
const act: GuardAnswer = { action: 'stop', reason: 'enough' };
const aggregation = defectsOf('aggregation');
const clip = defectsOf('clip-rule');
const weights = ({ mask, counted }: { mask: tf.Tensor2D; counted: tf.Tensor2D }): tf.Tensor =>
  tf.divNoNan(mask, tf.sum(counted));

/** What is asked of every kind, in plugins of one. */
export const plantedInAnyKind = [
  aggregation('is defined as a plugin', "the key «weight» is the engine's", () => ({ weights }), {
    options: z.strictObject({ weight: z.number().default(1) }),
  }),
  aggregation('is defined as a plugin', "can't be made with the options that the suite has", () => ({ weights }), {
    options: z.strictObject({ length: z.number() }),
  }),
  aggregation('takes its options back', 'its options schema refuses its own output', () => ({ weights }), {
    options: z.strictObject({ length: z.string().default('8').transform(Number) }),
  }),
  aggregation(
    'takes its options back',
    "JSON can't hold its options: when is an object of class Date",
    () => ({ weights }),
    {
      options: z.strictObject({ when: z.date().default(new Date(0)) }),
    },
  ),
  aggregation('looks at a config', 'its check threw at a config', () => ({ weights }), {
    check: (_: object, config: { readonly correction?: { readonly use: string } }) =>
      config.correction!.use === 'x' ? [] : [],
  }),
  aggregation('looks at a config', 'something else than a list of', () => ({ weights }), {
    check: () => [{ level: 'severe', message: 'x' }] as never,
  }),
  aggregation(
    'has the functions of its contract',
    'has no function weights: the kind aggregation needs weights',
    () => ({ weight: weights }) as never,
  ),
  clip('leaves no tensor behind', 'each use leaves 1 tensor behind: put tensor work into tf.tidy', () => ({
    perToken: ({ ratio, advantages }) => tf.neg(tf.mul(tf.keep(tf.add(ratio, 0)), advantages)),
  })),
  clip('leaves no tensor behind', 'it leaves 2 tensors when it is disposed of: give it a dispose()', () => {
    const bound = tf.variable(tf.scalar(3), false);
    return { perToken: ({ ratio, advantages }) => tf.neg(tf.mul(tf.minimum(ratio, bound), advantages)) };
  }),
  clip('reads no tensor synchronously', 'it reads a tensor synchronously', () => ({
    perToken: ({ ratio, advantages, mask }) =>
      tf.neg(tf.mul(tf.mul(ratio, advantages), tf.sum(mask).dataSync()[0]! >= 0 ? 1 : 2)),
  })),
  clip(
    'comes to the same each time',
    'two instances do different things with the same',
    () => {
      const bound = 0.1 + 0.2 * Math.random();
      return {
        perToken: ({ ratio, advantages }) =>
          tf.neg(
            tf.minimum(tf.mul(ratio, advantages), tf.mul(tf.clipByValue(ratio, 1 - bound, 1 + bound), advantages)),
          ),
      };
    },
    { also: ['goes on from its saved state'] },
  ),
  guard('goes on from its saved state', 'and it has no state(): 0', () => {
    let steps = 0;
    return {
      check: (point, { metrics }) =>
        point === 'rolled-out' && metrics['rollout/live-groups'] === 0 && ++steps > 1 ? act : 'continue',
    };
  }),
  guard('goes on from its saved state', 'it has state() and no restore()', () => ({
    check: () => 'continue',
    state: () => ({ json: 1 }),
  })),
  guard('goes on from its saved state', "JSON can't hold its state: seen is an object of class Map", () => ({
    check: () => 'continue',
    state: () => ({ json: { seen: new Map() as never } }),
    restore: () => undefined,
  })),
  guard('goes on from its saved state', 'does not go on as the first does: 0', () => {
    let steps = 0;
    return {
      check: (point, { metrics }) =>
        point === 'rolled-out' && metrics['rollout/live-groups'] === 0 && ++steps > 1 ? act : 'continue',
      state: () => ({ json: {} }),
      restore: () => undefined,
    };
  }),
];
