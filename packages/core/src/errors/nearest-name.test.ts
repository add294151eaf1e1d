import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.js';

test.each([
  ['clip-highr', 'clip-higher'],
  ['CLIP', 'clip'],
  ['clpi', 'clip'],
  ['tokne', 'token'],
])('«%s» probably means «%s»', (name, meant) => {
  expect(nearestName(name, ['clip', 'clip-higher', 'token'])).toBe(meant);
});

test('what is far from everything has no nearest name', () => {
  expect(nearestName('zzzzzz', ['clip', 'token'])).toBeUndefined();
  expect(nearestName('clip', [])).toBeUndefined();
});

test('a short name must be closer than a long one', () => {
  expect(nearestName('lo', ['low', 'high'])).toBe('low');
  expect(nearestName('ab', ['low', 'xy'])).toBeUndefined();
});
