import { optionsSchema } from '@dapo/core';
import { fixtureGroup, fixturePrompt, fixtureResponse, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import exactAnswer, { extractAnswer } from './exact-answer.js';

const context = { step: 0, purpose: 'rollout', signal: () => new Float32Array(0) } as const;

async function score(texts: readonly string[], options = {}, prompt = fixturePrompt({ reference: ' 12' })) {
  const reward = await instantiate(exactAnswer, options);
  const responses = texts.map((text) => fixtureResponse({ text }));
  const group = fixtureGroup(responses);
  return reward.score(
    responses.map((response) => ({ prompt, response, group })),
    context,
  );
}

test('the trimmed text is right or wrong', async () => {
  expect(await score(['12 ', '13'])).toEqual([
    { reward: 1, correct: true, answer: '12' },
    { reward: -1, correct: false, answer: '13' },
  ]);
});

test('rewards may be others, and the answer may be found by a pattern', async () => {
  const options = { right: 2, wrong: 0, extract: '= *(\\d+)' };
  const given = await score(['1+11 = 12', '12', '= 12, no, = 13'], options);
  expect(given).toEqual([
    { reward: 2, correct: true, answer: '12' },
    { reward: 0, correct: false, answer: null },
    { reward: 0, correct: false, answer: '13' },
  ]);
});

test('the last match counts: its first group, or all of it', () => {
  expect(extractAnswer('= 3, so = 12', /= (\d+)/gu)).toBe('12');
  expect(extractAnswer('3 and 12', /\d+/gu)).toBe('12');
  expect(extractAnswer('none', /\d+/gu)).toBeNull();
});

test('a prompt without a reference is not scored', async () => {
  expect(await score(['12'], {}, fixturePrompt({ reference: undefined }))).toEqual([null]);
});

test('a pattern that is none is refused', () => {
  expect(optionsSchema(exactAnswer).safeParse({ extract: '(' }).success).toBe(false);
});
