import { expect, test } from 'vitest';
import { z } from 'zod';
import { definePlugin } from '../plugin/define-plugin.js';
import type { PluginManifest } from '../plugin/manifest.js';
import { problemsOf, resolveSmall, warningsOf } from '../testing/config-problems.js';

test('a mini-batch larger than the rollout', async () => {
  expect(await problemsOf({ update: { miniBatch: 128 } })).toMatchInlineSnapshot(`
    "The mini-batch is larger than the rollout.
      where:    at update.miniBatch
      expected: at most 64 responses: rollout.prompts × rollout.groupSize
      received: 128
      do:       set update.miniBatch to 64 or less, or make the rollout larger"
  `);
});

test('a mini-batch that cuts a group', async () => {
  expect(await problemsOf({ update: { miniBatch: 20 } })).toMatchInlineSnapshot(`
    "The mini-batch is not made of whole groups.
      where:    at update.miniBatch
      expected: a multiple of rollout.groupSize (8)
      received: 20
      nearest:  16 or 24"
  `);
  expect(await problemsOf({ update: { miniBatch: 4 } })).toContain('nearest:  8');
});

test('a need that nothing provides', async () => {
  expect(await problemsOf({ loss: { kl: 'k3' }, rewards: { kl: 'kl-penalty' } })).toMatchInlineSnapshot(`
    "reward kl-penalty needs «reference-log-probs», which nothing here provides.
      where:    at rewards.kl
      expected: signals.NAME: 'reference'
      do:       add one of these to the config; one of your own says it by provides: ['reference-log-probs']

    kl-term k3 needs «reference-log-probs», which nothing here provides.
      where:    at loss.kl
      expected: signals.NAME: 'reference'
      do:       add one of these to the config; one of your own says it by provides: ['reference-log-probs']"
  `);
});

test('a need that no known plugin provides', async () => {
  const needy: PluginManifest = {
    name: 'x',
    version: '1.0.0',
    plugins: {
      advantage: {
        gae: async () => ({
          default: definePlugin({
            kind: 'advantage',
            name: 'gae',
            needs: () => ['values', 'entropy'],
            create: () => undefined as never,
          }),
        }),
      },
    },
  };
  const { problems: told } = await resolveSmall({ advantage: 'gae' }, [], [needy]);
  expect(told.map(({ message }) => message).join('\n\n')).toMatchInlineSnapshot(`
    "advantage gae needs «values», which nothing here provides.
      where:    at advantage
      expected: a plugin that provides it; none is known
      do:       add the file or package of such a plugin to plugins; one of your own says it by provides: ['values']"
  `);
});

test('top-p in a rollout', async () => {
  expect(await warningsOf({ rollout: { topP: 0.7 } })).toMatchInlineSnapshot(`
    "With top-p or top-k in the rollout, the log-probs of the full vocabulary are not those of the sampling policy.
      where:    at rollout.topP
      expected: topP 1 and topK 0
      do:       keep it for evaluation.topP, or add a correction"
  `);
});

test('top-k in a rollout', async () => {
  expect(await warningsOf({ rollout: { topK: 20 } })).toContain('at rollout.topK');
});

test('evaluations without held-out prompts', async () => {
  expect(await warningsOf({ prompts: { train: 'sums' } })).toMatchInlineSnapshot(`
    "There are no held-out prompts, so nothing will be evaluated.
      where:    at evaluation.every
      do:       name some: prompts.heldOut, or say that it is meant so: evaluation.every: 0"
  `);
  expect(await warningsOf({ prompts: { train: 'sums' }, evaluation: { every: 0 } })).toBe('');
});

test('what a plugin has to say about the config', async () => {
  expect(await warningsOf({ loss: { clip: { high: 0.1 } } })).toMatchInlineSnapshot(`
    "clip-rule clip-higher: high is below low
      where:    at loss.clip.high
      do:       swap them"
  `);
});

test('a check of a plugin that throws', async () => {
  const rash: PluginManifest = {
    name: 'x',
    version: '1.0.0',
    plugins: {
      sampler: {
        rash: async () => ({
          default: definePlugin({
            kind: 'sampler',
            name: 'rash',
            options: z.strictObject({}),
            check: () => {
              throw new Error('I never thought of that');
            },
            create: () => undefined as never,
          }),
        }),
      },
    },
  };
  const { problems: told } = await resolveSmall({ sampler: 'rash' }, [], [rash]);
  expect(told.map(({ message }) => message).join('\n\n')).toMatchInlineSnapshot(`
    "sampler rash threw while it checked the config: I never thought of that
      where:    at sampler
      do:       look at its stack: dapo prints it with --verbose"
  `);
});
