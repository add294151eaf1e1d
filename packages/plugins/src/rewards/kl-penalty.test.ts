import { tf } from '@dapo/core';
import { expectAllclose, fixtureGroup, fixturePrompt, fixtureResponse, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import klPenalty from './kl-penalty.js';

test('every token costs what it moved away from the reference, response by response', async () => {
  const reward = await instantiate(klPenalty, { coefficient: 0.5 });
  const long = fixtureResponse({
    length: 3,
    behaviourLogProbs: Float32Array.of(-1, -2, -1),
    sampled: Uint8Array.of(1, 1, 0),
  });
  const responses = [long, fixtureResponse({ length: 0 }), fixtureResponse({ length: 1 })];
  const group = fixtureGroup(responses);
  const reference = new Map(
    responses.map((response, i) => [response, response.behaviourLogProbs.map((v) => v - 2 * (i + 1))]),
  );
  const context = {
    step: 0,
    purpose: 'rollout',
    signal: (_: string, response: typeof long) => reference.get(response)!,
  } as const;
  const before = tf.memory().numTensors;
  const values = await reward.score(
    responses.map((response) => ({ prompt: fixturePrompt(), response, group })),
    context,
  );
  expect(tf.memory().numTensors).toBe(before);
  expect(values.map((value) => (value as Float32Array).length)).toEqual([3, 0, 1]);
  await expectAllclose(values[0] as Float32Array, [-1, -1, 0]);
  await expectAllclose(values[2] as Float32Array, [-3]);
});
