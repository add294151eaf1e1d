import { fixtureGroup, fixturePrompt, fixtureResponse, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import answerLine, { normalizeAnswer, statedAnswer } from './answer-line.js';

test('the last «Answer:» counts, in any case; without one the last box that closes', () => {
  expect(statedAnswer('Answer: 7\nanswer : 8')).toBe('8');
  expect(statedAnswer('\\boxed{1} then \\boxed{\\frac{1}{2}}')).toBe('\\frac{1}{2}');
  expect(statedAnswer('\\boxed{1')).toBeUndefined();
  expect(statedAnswer('')).toBeUndefined();
  expect(answerLine.departures).toContain('\\boxed{…}');
});

test.each([
  ['x = 1,234 cm', '1234'],
  ['so $\\frac12$.', '\\frac{1}{2}'],
  ['\\text{north}', 'north'],
  ['90^\\circ', '90'],
  ['\\sqrt3', '\\sqrt{3}'],
  ['(1, 2)', '(1,2)'],
])('«%s» is spelled «%s»', (answer, spelled) => {
  expect(normalizeAnswer(answer)).toBe(spelled);
});

test('only the tail of a response is read, and no reference is no score', async () => {
  const reward = await instantiate(answerLine, { tail: 10 });
  const response = fixtureResponse({ text: 'Answer: 42\nThat is that.' });
  const context = { step: 0, purpose: 'rollout', signal: () => new Float32Array(0) } as const;
  const item = (reference?: string) => ({
    prompt: fixturePrompt({ reference }),
    response,
    group: fixtureGroup([response]),
  });
  expect(await reward.score([item('42'), item()], context)).toEqual([
    { reward: -1, correct: false, answer: null },
    null,
  ]);
});
