import { expect, test } from 'vitest';
import { score } from './score.mjs';

test.each([
  ['11,9,3#391', { score: 1, correct: true, answer: '391' }],
  ['#491', { score: 0.4 * (2 / 3), correct: false, answer: '491' }],
  ['#1391', { score: 0.4, correct: false, answer: '1391' }],
  ['#222', { score: 0, correct: false, answer: '222' }],
  ['391', { score: 0, correct: false, answer: null }],
])('391 is the answer, and «%s» gets %j', (response, expected) => {
  const scored = score({ response, answer: '391' });
  expect(scored).toEqual({ ...expected, score: expect.closeTo(expected.score, 12) as number });
});

test('without an answer nothing can be scored', () => {
  expect(score({ response: '#391', answer: null })).toEqual({ score: null });
});
