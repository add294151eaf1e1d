import { optionsSchema } from '@dapo/core';
import { fixtureGroup, fixturePrompt, fixtureResponse, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import regexFormat from './regex-format.js';

test('a response of the form is rewarded, over line breaks too', async () => {
  const reward = await instantiate(regexFormat, {
    pattern: '^<think>.*</think>.+$',
    match: 0.5,
    otherwise: -0.5,
  });
  const responses = ['<think>a\nb</think>c', 'c'].map((text) => fixtureResponse({ text }));
  const items = responses.map((response) => ({
    prompt: fixturePrompt(),
    response,
    group: fixtureGroup([response]),
  }));
  const context = { step: 0, purpose: 'rollout', signal: () => new Float32Array(0) } as const;
  expect(await reward.score(items, context)).toEqual([0.5, -0.5]);
});

test('a pattern is needed and must compile', () => {
  expect(optionsSchema(regexFormat).safeParse({}).success).toBe(false);
  expect(optionsSchema(regexFormat).safeParse({ pattern: '[' }).success).toBe(false);
});
