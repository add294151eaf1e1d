import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { trainWith as trainWithIn, type Own } from './train-with.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'dapo-boundary-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const trainWith = (own: Own): ReturnType<typeof trainWithIn> => trainWithIn(folder, own);

const surrogate = 'tf.neg(tf.mul(ratio, advantages))';
const clipRule = (perToken: string): Own => ({
  kind: 'clip-rule',
  at: 'loss.clip',
  create: `return { perToken({ ratio, advantages, mask, progress }) { ${perToken} } };`,
});

describe('a tensor that a plugin keeps is told with plugin and step, once, and the run goes on', () => {
  const leaks: readonly (readonly [string, Own])[] = [
    ['clip-rule mine', clipRule(`tf.keep(tf.add(ratio, 1)); return ${surrogate};`)],
    [
      'loss mine',
      {
        kind: 'loss',
        at: 'loss',
        create: 'return { perToken: ({ logProbs }) => { tf.keep(tf.scalar(1)); return { loss: tf.neg(logProbs) }; } };',
      },
    ],
    [
      'reward mine',
      {
        kind: 'reward',
        at: 'rewards.answer',
        create: 'return { score: async (batch) => batch.map((_, i) => { if (i === 0) tf.scalar(1); return i % 2; }) };',
        set: ['sampler=standard', 'filters.outcomes=false'],
      },
    ],
    [
      'filter mine',
      {
        kind: 'filter',
        at: 'filters.mine',
        create:
          "return { level: 'group', judge: async (groups) => groups.map(() => { tf.scalar(1); return { verdict: 'keep' }; }) };",
      },
    ],
    [
      'advantage mine',
      {
        kind: 'advantage',
        at: 'advantage',
        create: 'return { estimate: ({ rewards }) => { tf.keep(tf.scalar(1)); return tf.sub(rewards, 0.5); } };',
      },
    ],
    [
      'aggregation mine',
      {
        kind: 'aggregation',
        at: 'aggregation',
        create: 'return { weights: ({ mask }) => { tf.keep(tf.scalar(1)); return tf.div(mask, 10); } };',
      },
    ],
    [
      'guard mine',
      {
        kind: 'guard',
        at: 'guards.mine',
        create: "return { check: () => { tf.scalar(1); return 'continue'; } };",
      },
    ],
  ];

  test.each(leaks)('%s', async (label, own) => {
    const { printed, error } = await trainWith(own);
    expect(error).toBeUndefined();
    const told = printed.filter((line) => line.includes(' kept '));
    expect(told).toEqual([
      expect.stringMatching(
        new RegExp(`^warning: ${label} kept \\d+ tensors? in rollout step 2: .*\\n  where:    at ${own.at}\\n`),
      ),
    ]);
  });

  test('a plugin that has something to dispose of or to save may hold tensors', async () => {
    for (const holds of [
      'dispose() { held.forEach((t) => t.dispose()); }',
      'state: () => ({ json: held.length }), restore() {}',
    ]) {
      const { printed } = await trainWith({
        ...clipRule(''),
        create: `const held = []; return { perToken({ ratio, advantages }) { held.push(tf.keep(tf.add(ratio, 1))); return ${surrogate}; }, ${holds} };`,
      });
      expect(printed.filter((line) => line.includes(' kept '))).toEqual([]);
    }
  });
});

describe('a loss that is not finite is told with the plugin that began it, the prompt and the step', () => {
  // In the second step, at the first token, with a NaN that the whole sum then is.
  const broken = clipRule(`const at = tf.oneHot(tf.zeros([ratio.shape[0]], 'int32'), ratio.shape[1]);
    const wrong = tf.where(tf.greater(at, progress.rolloutStep === 1 ? 0 : 2), tf.fill(ratio.shape, NaN), tf.zerosLike(ratio));
    return tf.add(${surrogate}, wrong);`);
  const sentence = /clip-rule mine gave NaN in rollout step 2, for token 1 of a response to prompt «.+»\./;

  test('by the guard nan, whose reason the run ends with', async () => {
    const { printed, message, error } = await trainWith({ ...broken, set: ['guards.nan=nan'] });
    expect(error).toBeUndefined();
    expect(message).toMatch(sentence);
    expect(printed).toContainEqual(expect.stringMatching(sentence));
  });

  test('by the error, where no guard watches', async () => {
    const { error } = await trainWith({ ...broken, set: ['guards.nan=false'] });
    expect(error).toMatchObject({ code: 'DAPO_RUN_NON_FINITE_UPDATE', path: 'loss.clip' });
    expect(error!.message).toMatch(sentence);
  });

  test('by a warning, where such updates are skipped', async () => {
    const { printed, error } = await trainWith({ ...broken, set: ['update.nonFinite=skip'] });
    expect(error).toBeUndefined();
    expect(printed).toContainEqual(expect.stringMatching(sentence));
  });

  test('and it is the loss where its parts are sound', async () => {
    const create = 'return { perToken: ({ logProbs }) => ({ loss: tf.mul(logProbs, NaN) }) };';
    const { error } = await trainWith({ kind: 'loss', at: 'loss', create, set: ['guards.nan=false'] });
    expect(error!.message).toMatch(/loss mine gave NaN in rollout step 1, for token 1 of/);
  });
});

describe('what a plugin gives wrong is told with plugin, place and step', () => {
  const wrong: readonly (readonly [string, Own, RegExp])[] = [
    [
      'a clip rule of another shape',
      clipRule('return tf.mean(ratio);'),
      /clip-rule mine gave a tensor of the wrong shape[^]*at loss.clip, in rollout step 1[^]*received: \[\]/,
    ],
    [
      'a clip rule that gives nothing',
      clipRule(''),
      /clip-rule mine gave a tensor of the wrong shape[^]*received: undefined/,
    ],
    [
      'a clip rule of another type',
      clipRule('return tf.greater(ratio, 1);'),
      /clip-rule mine gave a tensor of another type[^]*in rollout step 1/,
    ],
    [
      'a clip rule that throws',
      clipRule("throw new Error('no idea');"),
      /clip-rule mine threw in rollout step 1: no idea/,
    ],
    [
      'a clip rule with a metric of its own',
      clipRule(`return { loss: ${surrogate}, metrics: { seen: ratio } };`),
      /recorded the metric «seen»[^]*in rollout step 1/,
    ],
    [
      'a loss without a loss',
      { kind: 'loss', at: 'loss', create: 'return { perToken: () => ({}) };' },
      /loss mine gave a tensor of the wrong shape[^]*received: undefined/,
    ],
    [
      'an advantage that is a number',
      { kind: 'advantage', at: 'advantage', create: 'return { estimate: () => 3 };' },
      /advantage mine gave a tensor of the wrong shape[^]*received: number that is no tensor/,
    ],
    [
      'an aggregation that is a promise',
      { kind: 'aggregation', at: 'aggregation', create: 'return { weights: async ({ mask }) => mask };' },
      /aggregation mine[^]*received: a promise/,
    ],
    [
      'a filter that judges nothing',
      {
        kind: 'filter',
        at: 'filters.mine',
        create: "return { level: 'group', judge: async () => undefined };",
      },
      /filter mine gave the wrong number of judgements[^]*received: undefined/,
    ],
    [
      'a sampler without groups',
      { kind: 'sampler', at: 'sampler', create: 'return { next: async () => ({}) };' },
      /sampler mine gave the wrong number of groups[^]*in rollout step 1/,
    ],
    [
      'a generator that gives nothing',
      {
        kind: 'generator',
        at: 'generator',
        create: 'return { generate: async () => undefined, update: async () => {} };',
      },
      /generator mine[^]*received: undefined/,
    ],
    [
      'a reward that is no list',
      {
        kind: 'reward',
        at: 'rewards.answer',
        create: 'return { score: () => 1 };',
        set: ['sampler=standard', 'filters.outcomes=false'],
      },
      /reward mine gave the wrong number of values[^]*in rollout step 1/,
    ],
  ];

  test.each(wrong)('%s', async (_, own, text) => {
    const { error } = await trainWith(own);
    expect(error).toMatchObject({
      name: 'DapoError',
      code: expect.stringMatching(/^DAPO_PLUGIN_/) as string,
    });
    expect(error!.message).toMatch(text);
  });
});
