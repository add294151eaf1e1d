import { expect, test } from 'vitest';
import type { Guard, GuardPoint, Metrics } from '@dapo/core';
import ratioSpike from './ratio-spike.js';

const recorded: number[] = [];
const metrics = { record: (_: string, value: number) => void recorded.push(value) };
const guard = (options: object = {}): Guard =>
  ratioSpike.create(ratioSpike.options!.parse(options), { metrics }) as Guard;
const facts = (known: Metrics) => ({ metrics: known, progress: { rolloutStep: 0, optimizerStep: 0, fraction: 0 } });
const at = (ratio: number) => facts({ 'policy/log-prob-difference': Math.log(ratio) });

test('an update beyond the bound is put off and counted', () => {
  recorded.length = 0;
  const watcher = guard();
  expect(watcher.check('before-update', at(9.9))).toBe('continue');
  const reason = 'a token’s probability has moved by a factor of 12.0';
  expect(watcher.check('before-update', at(12))).toEqual({ action: 'skip-update', reason });
  expect(recorded).toEqual([0, 1]);
});

test.each<GuardPoint>(['rolled-out', 'updated', 'evaluated'])('nothing is judged when %s', (point) => {
  expect(guard().check(point, at(100))).toBe('continue');
});

test('an unknown ratio is none, and the action may be another', () => {
  expect(guard().check('before-update', facts({}))).toBe('continue');
  expect(guard({ max: 2, action: 'stop' }).check('before-update', at(3))).toMatchObject({ action: 'stop' });
});
