import { expect, test } from 'vitest';
import { count, duration, interval, percent, points, showValue } from './format.js';

test('durations show the two largest units that matter', () => {
  expect([0.04, 4.26, 59.94, 59.96, 123, 3599.6, 3723].map(duration)).toEqual([
    '0.0 s',
    '4.3 s',
    '60 s',
    '1m00s',
    '2m03s',
    '1h00m',
    '1h02m',
  ]);
});

test('shares are percents, differences are points with a sign', () => {
  expect([percent(0.12345), points(0.0512), points(-0.4), points(0)]).toEqual(['12.3 %', '+5.1', '−40.0', '0.0']);
});

test('an interval of a share stays between 0 and 100 %', () => {
  expect(interval(-0.096, 1.2)).toBe('0.0 to 100.0 %');
});

test('large counts have separators', () => {
  expect(count(1234567.4)).toBe('1,234,567');
});

test('values read as they would be typed', () => {
  expect([1e-6, 0.28, 0, 'token', '', false, [1, 2], null].map(showValue)).toEqual([
    '1e-6',
    '0.28',
    '0',
    'token',
    '""',
    'false',
    '[1,2]',
    'null',
  ]);
});
