import { expect, test } from 'vitest';
import type { Guard, Metrics, ResolvedConfig } from '@dapo/core';
import clipCov from '../losses/clip-cov.js';
import klCov from '../losses/kl-cov.js';
import policyGradient from '../losses/policy-gradient.js';
import klSpike from './kl-spike.js';

const recorded: number[] = [];
const warnings: string[] = [];
const logger = { info: () => undefined, warn: (text: string) => void warnings.push(text) };
const metrics = { record: (_: string, value: number) => void recorded.push(value) };
const guard = (options: object = {}): Guard =>
  klSpike.create(klSpike.options!.parse(options), { metrics, logger }) as Guard;
const facts = (known: Metrics) => ({ metrics: known, progress: { rolloutStep: 0, optimizerStep: 0, fraction: 0 } });
const kl = (old: number, reference: number) => facts({ 'loss/approximate-kl': old, 'loss/reference-kl': reference });

test('updates go on until the KL from the old policy is beyond the bound', () => {
  recorded.length = 0;
  const watcher = guard();
  expect(watcher.check('before-update', kl(0.05, 9))).toBe('continue');
  const reason = 'the KL from the old policy is 0.250 nats a token, above 0.1';
  expect(watcher.check('before-update', kl(0.25, 9))).toEqual({ action: 'skip-update', reason });
  expect(recorded).toEqual([0, 1]);
});

test('the KL from the reference is judged where that is asked for', () => {
  const watcher = guard({ of: 'reference', max: 1, action: 'stop' });
  expect(watcher.check('before-update', kl(9, 0.5))).toBe('continue');
  expect(watcher.check('before-update', kl(0, 1.5))).toMatchObject({ action: 'stop' });
});

test('of a loss that does not report the KL it is said once that the guard never acts', () => {
  warnings.length = 0;
  const watcher = guard();
  for (let i = 0; i < 3; i++) expect(watcher.check('before-update', facts({}))).toBe('continue');
  expect(warnings).toEqual([
    'It watches the metric loss/approximate-kl, which the loss does not report: it never acts.',
  ]);
});

test.each([policyGradient, klCov, clipCov])(
  'the loss $name reports the KL from the old policy',
  ({ metrics: declared }) => {
    expect(declared).toHaveProperty('approximate-kl');
  },
);

test('other points and unknown values are left alone', () => {
  expect(guard().check('updated', kl(9, 9))).toBe('continue');
  expect(guard().check('before-update', facts({}))).toBe('continue');
});

test('a reference without a KL term is an error, and one whose updates are only skipped a warning', () => {
  const remarks = (options: object, parts: object): string[] =>
    klSpike.check!(klSpike.options!.parse(options), { loss: { parts } } as ResolvedConfig, new Map()).map(
      ({ level }) => level,
    );
  expect(remarks({}, {})).toEqual([]);
  expect(remarks({ of: 'reference' }, {})).toEqual(['error']);
  expect(remarks({ of: 'reference' }, { kl: {} })).toEqual(['warning']);
  expect(remarks({ of: 'reference', action: 'stop' }, { kl: {} })).toEqual([]);
});
