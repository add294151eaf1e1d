import { tf, type ResolvedConfig, type RolloutSettings } from '@dapo/core';
import { expectAllclose, fixtureGroup, fixturePrompt, fixtureResponse, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import softOverlongPlugin, { overlongLengths, softOverlong } from './soft-overlong.js';

const rollout = { maxResponseLength: 20 } as RolloutSettings;

test('nothing up to L_max − L_cache, then down to −1 at L_max and no further', async () => {
  const punishment = softOverlong(tf.tensor1d([0, 48, 52, 56, 64, 70, 640]), { max: 64, cache: 16 });
  await expectAllclose(punishment, [0, 0, -0.25, -0.5, -1, -1, -1]);
});

test('the limit is the rollout’s and the cache a fifth of it, unless given', () => {
  expect(overlongLengths({}, 20480)).toEqual({ max: 20480, cache: 4096 });
  expect(overlongLengths({}, 3)).toEqual({ max: 3, cache: 1 });
  expect(overlongLengths({ max: 10, cache: 4 }, 3)).toEqual({ max: 10, cache: 4 });
});

test('only tokens that the policy chose count', async () => {
  const reward = await instantiate(softOverlongPlugin, {}, { rollout });
  const environment = Uint8Array.from({ length: 20 }, (_, t) => (t < 16 ? 1 : 0));
  const responses = [fixtureResponse({ length: 18 }), fixtureResponse({ length: 20, sampled: environment })];
  const group = fixtureGroup(responses);
  const before = tf.memory().numTensors;
  const context = { step: 0, purpose: 'rollout', signal: () => new Float32Array(0) } as const;
  const items = responses.map((response) => ({ prompt: fixturePrompt(), response, group }));
  expect(await reward.score(items, context)).toEqual([-0.5, 0]);
  expect(tf.memory().numTensors).toBe(before);
});

test('a cache above the limit is an error, named before the run', () => {
  const remarks = softOverlongPlugin.check!({ cache: 21 }, { rollout } as ResolvedConfig, new Map());
  expect(remarks).toMatchObject([{ level: 'error', path: 'cache' }]);
  expect(softOverlongPlugin.check!({}, { rollout } as ResolvedConfig, new Map())).toEqual([]);
});
