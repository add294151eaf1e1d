import { expect, test } from 'vitest';
import type { Guard, Metrics, UpdateSettings } from '@dapo/core';
import nan from './nan.js';

const guard = (action: 'stop' | 'roll-back' = 'stop', nonFinite: UpdateSettings['nonFinite'] = 'stop'): Guard =>
  nan.create({ action }, { update: { nonFinite } as UpdateSettings }) as Guard;
const facts = (metrics: Metrics) => ({
  metrics,
  progress: { rolloutStep: 2, optimizerStep: 33, fraction: 0 },
});

test('finite numbers and unknown ones go on', () => {
  expect(guard().check('before-update', facts({ 'update/loss': -1, 'update/gradient-norm': 0 }))).toBe('continue');
  expect(guard().check('updated', facts({}))).toBe('continue');
});

test.each([NaN, Infinity, -Infinity])('%d in loss or gradient stops, with the place', (value) => {
  const answer = guard().check('before-update', facts({ 'update/loss': value, 'update/gradient-norm': 1 }));
  const reason = `update/loss is ${value} after 33 optimizer steps; lower the learning rate`;
  expect(answer).toEqual({ action: 'stop', reason });
  expect(guard('roll-back').check('updated', facts({ 'update/gradient-norm': value }))).toMatchObject({
    action: 'roll-back',
  });
});

test('other points and runs that skip such updates are left alone', () => {
  const broken = facts({ 'update/loss': NaN });
  expect(guard().check('rolled-out', broken)).toBe('continue');
  expect(guard('stop', 'skip').check('before-update', broken)).toBe('continue');
});
