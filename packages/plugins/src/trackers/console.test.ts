import { expect, test } from 'vitest';
import type { ResolvedConfig, TrackerRecord } from '@dapo/core';
import consoleTracker, { duration, evaluationLine, headerLine, stepLine } from './console.js';

const metrics = {
  'reward/mean': -0.25,
  'rollout/accuracy': 0.375,
  'policy/entropy': 0.6931,
  'rollout/response-length': 17.5,
  'rollout/truncated': 0,
  'loss/clip-fraction': 0.0123,
  'rollout/live-groups': 1,
  'rollout/rounds': 2,
  'update/gradient-norm': NaN,
  'time/tokens-per-second': 12345.6,
  'time/step-seconds': 4.2,
};

test('a step is one line under its titles, with – for what isn’t known', () => {
  expect([headerLine(100), stepLine(7, 100, metrics)].join('\n')).toBe(
    [
      '   step   reward  accuracy  entropy   length  cut off  clipped    live  rounds  gradient    tok/s    time    left',
      '  7/100   -0.250     37.5%    0.693     17.5     0.0%     1.2%  100.0%       2       NaN    12346    4.2s       –',
    ].join('\n'),
  );
});

test('an evaluation shows its interval', () => {
  const evaluation = {
    'evaluation/accuracy': 0.5,
    'evaluation/accuracy-low': 0.44,
    'evaluation/accuracy-high': 0.56,
  };
  expect(evaluationLine(10, 100, evaluation)).toBe(' 10/100  held-out accuracy 50.0% (44.0% to 56.0%)');
});

test('durations read like clocks', () => {
  expect([0.4, 59.6, 123, 3599.7, 3723].map(duration)).toEqual(['0s', '1m00s', '2m03s', '1h00m', '1h02m']);
});

test('titles come again after headerEvery steps; warnings and guards warn', async () => {
  const printed: string[] = [];
  const logger = {
    info: (text: string) => void printed.push(`i ${text}`),
    warn: (text: string) => void printed.push(`w ${text}`),
  };
  const config = { budget: { rolloutSteps: 9 } } as ResolvedConfig;
  const tracker = await consoleTracker.create({ headerEvery: 2 }, { config, logger });
  const record = (kind: TrackerRecord['kind'], message?: string): TrackerRecord => ({
    kind,
    step: 3,
    metrics: {},
    message,
  });
  for (let i = 0; i < 3; i++) await tracker.track(record('step'));
  await tracker.track(record('warning', 'careful'));
  await tracker.track(record('guard', 'stopped'));
  await tracker.track(record('end', 'budget'));
  const header = `i ${headerLine(9)}`;
  const step = `i ${stepLine(3, 9, {})}`;
  expect(printed).toEqual([
    header,
    step,
    step,
    header,
    step,
    'w  3/9  careful',
    'w  3/9  stopped',
    'i  3/9  ended: budget',
  ]);
});
