import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Kind, Metrics } from '@dapo/core';
import { afterAll, describe, expect, test } from 'vitest';
import { plugins } from '../../packages/plugins/src/index.js';
import { trainSmallWorld } from './tabular-run.js';

/** How a technique shows that it is alive. */
interface Sign {
  /** What chooses it. */
  readonly set: readonly string[];
  /** The technique that it must differ from. */
  readonly beside: readonly string[];
  /** What isn't 0 where it acts; the beginning of the name is enough. */
  readonly metric: string;
  /** What both are tried in. */
  readonly world?: object;
}

const folder = mkdtempSync(path.join(tmpdir(), 'dapo-liveness-'));
afterAll(() => rmSync(folder, { recursive: true }));
const rewardFile = path.join(folder, 'reward.ts');
writeFileSync(
  rewardFile,
  'export default ({ response }) => [...response.text].filter((letter) => letter === "a").length;',
);

/** Large steps: ratios go far beyond any bound. */
const restless = { optimizer: { use: 'adamw', learningRate: 1 }, update: { miniBatch: 8, epochs: 4 } };
/** Groups of earlier steps, and old log-probs of their own: behaviour and old policy differ. */
const stale = {
  sampler: { use: 'replay', share: 0.5 },
  update: { miniBatch: 8, epochs: 2, oldLogProbs: 'recomputed' },
  optimizer: { use: 'adamw', learningRate: 0.6 },
  budget: { rolloutSteps: 4 },
};
const referred = { signals: { reference: 'reference' } };
/** Most groups are all wrong, so that a batch is hard to fill. */
const hard = {
  policy: { use: 'tabular', vocabularySize: 4, prompts: 4, length: 6, logits: [2, 0, 0, 1] },
  budget: { rolloutSteps: 8 },
};
/** Most responses are cut off. */
const longWinded = {
  policy: { use: 'tabular', vocabularySize: 4, prompts: 4, length: 6, logits: [0, 0, 0, -2] },
};
const perToken = ['advantage=batch-norm', 'advantage.gamma=0.5'];

const advantage = (name: string, beside: string): Sign => ({
  set: [`advantage=${name}`],
  beside: [`advantage=${beside}`],
  metric: 'rollout/live-groups',
});
const aggregation = (name: string, beside: string): Sign => ({
  set: [`aggregation=${name}`],
  beside: [`aggregation=${beside}`],
  metric: 'rollout/length-spread',
});
const clip = (name: string, beside: string, metric: string): Sign => ({
  set: [`loss.clip=${name}`],
  beside: [`loss.clip=${beside}`],
  metric,
  world: restless,
});
const kl = (set: readonly string[], beside: readonly string[]): Sign => {
  const chosen = (names: readonly string[]): string[] => [
    'loss.klCoefficient=0.5',
    ...names.map((name) => `loss.kl${name}`),
  ];
  return { set: chosen(set), beside: chosen(beside), metric: 'loss/reference-kl', world: referred };
};
const ratio = (name: string, beside: string): Sign => ({
  set: [`loss.ratio=${name}`, ...perToken],
  beside: [`loss.ratio=${beside}`, ...perToken],
  metric: 'loss/clip-fraction',
  world: restless,
});
const reward = (metric: string, ...set: string[]): Sign => ({
  set: set.map((option) => `rewards.r${option}`),
  beside: [],
  metric,
});
const filter = (metric: string, ...set: string[]): Sign => ({
  set: set.map((option) => `filters.f${option}`),
  beside: [],
  metric,
});

const signs: Readonly<Partial<Record<Kind, Readonly<Record<string, Sign>>>>> = {
  advantage: {
    'batch-norm': advantage('batch-norm', 'group-norm'),
    'group-center': advantage('group-center', 'group-norm'),
    'group-norm': advantage('group-norm', 'group-center'),
    'leave-one-out': advantage('leave-one-out', 'group-center'),
    'optimal-baseline': advantage('optimal-baseline', 'group-center'),
    'pass-at-k': advantage('pass-at-k', 'group-norm'),
  },
  aggregation: {
    constant: aggregation('constant', 'token'),
    sequence: aggregation('sequence', 'token'),
    token: aggregation('token', 'sequence'),
    'token-per-group': {
      ...aggregation('token-per-group', 'token'),
      world: { update: { miniBatch: 16, epochs: 2 } },
    },
  },
  'clip-rule': {
    cispo: clip('cispo', 'clip', 'loss/clip-fraction-high'),
    clip: clip('clip', 'none', 'loss/clip-fraction'),
    'clip-higher': clip('clip-higher', 'clip', 'loss/clip-fraction-high'),
    'dual-clip': clip('dual-clip', 'clip', 'loss/dual-clip-fraction'),
    none: clip('none', 'clip', 'loss/ratio-max'),
    reinforce: clip('reinforce', 'none', 'loss/ratio-max'),
  },
  correction: {
    'masked-importance': {
      set: ['correction=masked-importance', 'correction.low=0.9', 'correction.high=1.1'],
      beside: ['correction=truncated-importance'],
      metric: 'correction/masked-fraction',
      world: stale,
    },
    'truncated-importance': {
      set: ['correction=truncated-importance', 'correction.cap=1.05'],
      beside: [],
      metric: 'correction/truncated-fraction',
      world: stale,
    },
  },
  filter: {
    'high-entropy': filter('filters/f/put-out', '=high-entropy', '.share=0.5'),
    'masked-importance': {
      ...filter('filters/f/put-out', '=masked-importance', '.low=0.9', '.high=1.1'),
      world: stale,
    },
    'max-staleness': { ...filter('filters/f/put-out', '=max-staleness', '.max=8'), world: stale },
    'min-spread': {
      ...filter('filters/f/drop-groups: equal scores', '=min-spread'),
      world: { ...restless, budget: { rolloutSteps: 8 } },
    },
    'mixed-outcomes': {
      ...filter('filters/f/drop-groups: all right', '=mixed-outcomes'),
      world: { ...restless, budget: { rolloutSteps: 8 } },
    },
    'off-policy-sequence-mask': {
      ...filter('filters/f/put-out', '=off-policy-sequence-mask', '.threshold=0.1'),
      world: restless,
    },
    overlong: { ...filter('rollout/masked-responses', '=overlong'), world: longWinded },
    'top-k-responses': filter('filters/f/drop-responses: not in the top 4', '=top-k-responses', '.keep=4'),
  },
  'kl-term': {
    abs: kl(['=abs'], ['=k2']),
    k1: kl(['=k1'], ['=k1', '.straightThrough=true']),
    k2: kl(['=k2'], ['=k3']),
    k3: kl(['=k3'], ['=k2']),
  },
  loss: {
    'clip-cov': {
      set: ['loss={ use: clip-cov, share: 0.2, least: -50, most: 50 }'],
      beside: [],
      metric: 'loss/selected-fraction',
    },
    'kl-cov': { set: ['loss={ use: kl-cov, share: 0.2 }'], beside: [], metric: 'loss/selected-fraction' },
    'policy-gradient': {
      set: [],
      beside: ['loss={ use: kl-cov, share: 0.2 }'],
      metric: 'loss/approximate-kl',
    },
  },
  'ratio-level': {
    sequence: ratio('sequence', 'token'),
    'sequence-product': ratio('sequence-product', 'sequence'),
    'sequence-token': ratio('sequence-token', 'sequence'),
    token: ratio('token', 'sequence'),
  },
  reward: {
    // Letters never say «Answer:», so that it calls all of them wrong.
    'answer-line': { set: ['rewards.answer=answer-line'], beside: [], metric: 'rollout/score' },
    'exact-answer': { set: [], beside: ['rewards.answer=answer-line'], metric: 'rollout/accuracy' },
    function: reward('rollout/score', '.use=function', `.path=${rewardFile}`),
    'kl-penalty': { ...reward('rewards/r/touched', '=kl-penalty', '.coefficient=0.1'), world: referred },
    'length-penalty': reward('rewards/r/touched', '=length-penalty'),
    'regex-format': reward('rewards/r/touched', '.use=regex-format', '.pattern=^a'),
    'repetition-penalty': reward('rewards/r/touched', '=repetition-penalty', '.size=2'),
    'soft-overlong': { ...reward('rewards/r/touched', '=soft-overlong', '.cache=3'), world: longWinded },
  },
  sampler: {
    curriculum: {
      set: ['sampler=curriculum'],
      beside: [],
      metric: 'sampler/skipped',
      world: { budget: { rolloutSteps: 8 } },
    },
    dynamic: {
      set: ['sampler=dynamic', 'filters.f=mixed-outcomes'],
      beside: ['filters.f=mixed-outcomes'],
      metric: 'rollout/surplus',
      world: hard,
    },
    replay: { set: ['sampler=replay'], beside: [], metric: 'sampler/replayed-share' },
    standard: { set: ['sampler=standard'], beside: ['sampler=replay'], metric: 'sampler/kept' },
  },
  signal: {
    reference: {
      ...kl(['=k3'], ['=k3']),
      beside: ['loss.klCoefficient=0.5', 'loss.kl=k3', 'signals.reference.every=1'],
      metric: 'signals/reference/age',
    },
  },
};

/** Their service is not there in this world: tried against one of their own in packages/plugins/src/rewards. */
const elsewhere = ['reward http', 'reward judge'];

test('every technique has a sign of life', () => {
  const techniques = (Object.keys(signs) as (Kind & keyof typeof plugins)[]).flatMap((kind) =>
    Object.keys(plugins[kind]).map((name) => `${kind} ${name}`),
  );
  const shown = Object.entries(signs).flatMap(([kind, ofKind]) => Object.keys(ofKind).map((name) => `${kind} ${name}`));
  expect([...shown, ...elsewhere].sort()).toEqual(techniques.sort());
});

const runs = new Map<string, Promise<Metrics[]>>();
function trained(set: readonly string[], world: object = {}): Promise<Metrics[]> {
  const key = JSON.stringify([set, world]);
  const run = runs.get(key) ?? trainSmallWorld('grpo', set, world);
  runs.set(key, run);
  return run;
}

const valuesOf = (steps: readonly Metrics[], begin: string): number[] =>
  steps.flatMap((metrics) =>
    Object.entries(metrics).flatMap(([name, value]) => (name.startsWith(begin) ? [value] : [])),
  );
/** What the policy learned from: the gradients of all steps. */
const gradients = (steps: readonly Metrics[]): number[] => valuesOf(steps, 'update/gradient-norm');

describe.each(Object.entries(signs))('%s', (_, ofKind) => {
  test.each(Object.entries(ofKind))(
    '%s acts, its metric says so, and its neighbour does otherwise',
    async (__, { set, beside, metric, world }) => {
      const [own, other] = [await trained(set, world), await trained(beside, world)];
      expect(
        valuesOf(own, metric).some((value) => value !== 0 && Number.isFinite(value)),
        `${metric}: ${valuesOf(own, metric).join(', ')}`,
      ).toBe(true);
      expect(gradients(own)).not.toEqual(gradients(other));
    },
  );
});
