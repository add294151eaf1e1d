import { describeContract } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { lastNumber } from './last-number.js';

// What every reward must hold to: one value per response in order, no leaks, the same again for the same batch.
describeContract(plugin);

test.each([
  ['18', 18],
  ['3 × $400 = $1,200.00.', 1200],
  ['16 - 3 - 4 = 9, and 9 * 2 = 18. Answer: 18', 18],
  ['it fell to -7', -7],
  ['2.5 kg', 2.5],
  ['Answer: ', undefined],
  ['', undefined],
])('the last number of «%s» is %s', (text, number) => {
  expect(lastNumber(text)).toBe(number);
});
