import { expect, test } from 'vitest';
import { RunHistory } from '../run-history.js';
import { livenessOf } from './liveness.js';

const history = (...steps: Record<string, number>[]): RunHistory =>
  new RunHistory(
    steps.map((metrics, i) => ({
      kind: 'step',
      step: i + 1,
      metrics: { 'time/step-seconds': 1, ...metrics },
    })),
  );
const change = (path: string) => [{ path, from: 1, to: 2 }];

test('the share of the steps in which the metric of the changed part is not 0', () => {
  const runs = [
    history({ 'loss/clip-fraction-high': 0 }, { 'loss/clip-fraction-high': 0.02 }),
    history({ 'loss/clip-fraction-high': 0.04 }, { 'loss/clip-fraction-high': 0 }),
  ];
  expect(livenessOf(change('loss.clip'), runs)).toEqual({
    metric: 'loss/clip-fraction-high',
    share: 0.5,
    mean: 0.015,
  });
});

test('a filter counts by everything that it masked or dropped, also where it did nothing in most steps', () => {
  const runs = [history({}, { 'filters/overlong/mask-responses: truncated': 4 }, {}, {})];
  expect(livenessOf(change('filters.overlong'), runs)).toEqual({
    metric: 'filters/overlong/*',
    share: 0.25,
    mean: 1,
  });
});

test('dynamic sampling acts where groups were thrown away', () => {
  expect(
    livenessOf(change('sampler'), [history({ 'sampler/live-share': 1 }, { 'sampler/live-share': 0.75 })]),
  ).toMatchObject({ share: 0.5, mean: 0.125 });
});

test('a technique that was taken out is looked for in the runs it is compared with', () => {
  const without = [history({ 'policy/entropy': 1 })];
  const having = [history({ 'rewards/length/touched': 0.5 })];
  expect(livenessOf(change('rewards.length'), without, having)).toMatchObject({
    metric: 'rewards/length/touched',
    share: 1,
  });
});

test('of a change that no metric tells of nothing is said', () => {
  expect(livenessOf(change('optimizer.learningRate'), [history({})])).toBeUndefined();
  expect(livenessOf([], [history({})])).toBeUndefined();
});
