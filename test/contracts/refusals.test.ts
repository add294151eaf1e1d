import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { validate, type UserConfig } from '@dapo/core';
import { testingManifest } from '@dapo/core/testing';
import { afterAll, describe, expect, test } from 'vitest';
import pluginsManifest from '../../packages/plugins/src/index.js';
import { smallWorld } from '../techniques/tabular-run.js';

/** Everything that is told of a config, problems first. */
async function told(preset: string, set: readonly string[] = []): Promise<string> {
  const config = { extends: preset, ...smallWorld, evaluation: { every: 0 } } as unknown as UserConfig;
  const { problems, warnings } = await validate(config, {
    manifests: [testingManifest, pluginsManifest],
    set,
  });
  return [
    ...problems.map(({ message }) => `refused: ${message}`),
    ...warnings.map(({ message }) => `warned: ${message}`),
  ].join('\n');
}

test.each(['dapo', 'grpo'])('nothing is told of %s', async (preset) => {
  expect(await told(preset)).toBe('');
});

describe('a correction where the old policy is the behaviour policy', () => {
  test.each(['truncated-importance', 'masked-importance'])('%s', async (correction) => {
    expect(await told('grpo', [`correction=${correction}`])).toBe(
      [
        `warned: correction ${correction}: The log-probs of the old policy are those of the sampler (update.oldLogProbs: behaviour), so every weight is 1.`,
        '  where:    at correction, in the command line',
        '  do:       Set update.oldLogProbs: recomputed, or take it out.',
      ].join('\n'),
    );
    expect(await told('grpo', [`correction=${correction}`, 'update.oldLogProbs=recomputed'])).toBe('');
  });

  test('as a filter', async () => {
    expect(await told('grpo', ['filters.trust=masked-importance'])).toMatchInlineSnapshot(`
      "warned: filter masked-importance: The log-probs of the old policy are those of the sampler (update.oldLogProbs: behaviour), so every weight is 1.
        where:    at filters.trust, in the command line
        do:       Set update.oldLogProbs: recomputed, or take it out."
    `);
  });
});

describe('clip settings with one update per rollout', () => {
  const once = ['update.miniBatch=32', 'update.epochs=1'];

  test.each(['clip', 'clip-higher', 'dual-clip', 'cispo'])('%s', async (clip) => {
    expect(await told('grpo', [`loss.clip=${clip}`, ...once])).toBe(
      [
        `warned: clip-rule ${clip}: With one update per rollout the probability ratio is 1, so the clip never acts.`,
        '  where:    at loss.clip, in the command line',
        '  do:       Make update.miniBatch smaller than rollout.prompts × rollout.groupSize, or raise update.epochs.',
      ].join('\n'),
    );
  });

  test.each(['none', 'reinforce'])('nothing is told of %s, which has no bound', async (clip) => {
    expect(await told('grpo', [`loss.clip=${clip}`, ...once])).toBe('');
  });

  test('losses that bound by themselves', async () => {
    expect(await told('grpo', ['loss=clip-cov', ...once])).toMatchInlineSnapshot(`
      "warned: loss clip-cov: With one update per rollout the probability ratio is 1, so the clip never acts.
        where:    at loss, in the command line
        do:       Make update.miniBatch smaller than rollout.prompts × rollout.groupSize, or raise update.epochs."
    `);
    expect(await told('grpo', ['loss=kl-cov', ...once])).toMatchInlineSnapshot(`
      "warned: loss kl-cov: With one update per rollout the probability ratio is 1, so the KL penalty never acts.
        where:    at loss, in the command line
        do:       Make update.miniBatch smaller than rollout.prompts × rollout.groupSize, or raise update.epochs."
    `);
  });
});

test('mixed-outcomes where no reward says what is correct', async () => {
  expect(
    await told('grpo', [
      'rewards.answer=false',
      'rewards.form.use=regex-format',
      'rewards.form.pattern=a',
      'filters.outcomes=mixed-outcomes',
      'sampler=dynamic',
    ]),
  ).toMatchInlineSnapshot(`
    "refused: No reward scores the task: all of them only shape it.
      where:    at rewards
      expected: at least one reward of the role task
    refused: filter mixed-outcomes needs «correct», which nothing here provides.
      where:    at filters.outcomes, in the command line
      expected: rewards.NAME: 'answer-line', rewards.NAME: 'exact-answer', rewards.NAME: 'http' or rewards.NAME: 'judge'
      do:       add one of these to the config; one of your own says it by provides: ['correct']"
  `);
});

describe('evaluations where no reward says what is correct', () => {
  const evaluated = ['evaluation.every=1', 'prompts.heldOut=letters'];
  const folder = mkdtempSync(path.join(tmpdir(), 'dapo-refusals-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'reward.ts');
  writeFileSync(file, 'export default () => 0;');
  const unjudged = ['rewards.answer.use=function', `rewards.answer.path=${file}`];

  test('are warned of', async () => {
    expect(await told('grpo', [...evaluated, ...unjudged])).toMatchInlineSnapshot(`
      "warned: No reward says which answers are correct, so every evaluation will find an accuracy of 0.
        where:    at evaluation.every, in the command line
        expected: rewards.NAME: 'answer-line', rewards.NAME: 'exact-answer', rewards.NAME: 'http' or rewards.NAME: 'judge'
        do:       let a reward of your own say it (provides: ['correct']; judges: true for a function), or do without: evaluation.every: 0"
    `);
  });

  test('nothing is told where one does, or where there are none', async () => {
    expect(await told('grpo', evaluated)).toBe('');
    expect(await told('grpo', [...evaluated, ...unjudged, 'rewards.answer.judges=true'])).toBe('');
    expect(await told('grpo', [...evaluated, ...unjudged, 'evaluation.every=0'])).toBe('');
  });
});

test('the overlong filter together with the soft punishment', async () => {
  expect(await told('dapo', ['filters.long=overlong'])).toMatchInlineSnapshot(`
    "warned: filter overlong: It masks responses that are cut off, so they never feel the punishment of rewards.length (soft-overlong).
      where:    at filters.long, in the command line
      do:       Take one of the two: set this filter or rewards.length to false."
  `);
  expect(await told('dapo', ['filters.long=overlong', 'rewards.length=false'])).toBe('');
});

describe('groups of one', () => {
  const one = ['rollout.groupSize=1', 'update.miniBatch=2'];

  test('with ddof 1', async () => {
    expect(await told('grpo', one)).toMatchInlineSnapshot(`
      "warned: advantage group-norm: With rollout.groupSize 1 a response has no others to be compared with: its advantage is its reward, since ddof 1 leaves no deviation.
        where:    at advantage, in preset grpo
        do:       Set rollout.groupSize to 2 or more, or take an advantage over the batch (batch-norm)."
    `);
  });

  test('with ddof 0', async () => {
    expect(await told('grpo', [...one, 'advantage.ddof=0'])).toMatchInlineSnapshot(`
      "warned: advantage group-norm: With rollout.groupSize 1 a response has no others to be compared with: its advantage is its reward.
        where:    at advantage, in preset grpo
        do:       Set rollout.groupSize to 2 or more, or take an advantage over the batch (batch-norm)."
    `);
  });

  test.each(['group-center', 'leave-one-out', 'optimal-baseline', 'pass-at-k'])('with %s', async (advantage) => {
    expect(await told('grpo', [...one, `advantage=${advantage}`])).toContain(
      `warned: advantage ${advantage}: With rollout.groupSize 1 a response has no others to be compared with`,
    );
  });

  test('nothing is told where the batch is what a response is compared with', async () => {
    expect(await told('grpo', [...one, 'advantage=batch-norm'])).toBe('');
  });
});

test('k1 as a loss', async () => {
  const withSignal = ['signals.reference=reference', 'loss.kl=k1'];
  expect(await told('grpo', withSignal)).toMatchInlineSnapshot(`
    "warned: kl-term k1: The gradient of k1 is 0 in expectation on-policy: as a loss it adds noise and no pull.
      where:    at loss.kl, in the command line
      do:       Set straightThrough or timesRatio, or use k3 or k2."
  `);
  expect(await told('grpo', [...withSignal, 'loss.kl.straightThrough=true'])).toBe('');
});

test('dynamic sampling by halves', async () => {
  expect(await told('dapo', ['sampler=standard'])).toMatchInlineSnapshot(`
    "warned: sampler standard: filters.outcomes drops groups, and this sampler does not fill the batch up again.
      where:    at sampler, in the command line
      do:       use a sampler that does (sampler: dynamic), or take the filter out (filters.outcomes: false)"
  `);
  expect(await told('dapo', ['filters.outcomes=false'])).toMatchInlineSnapshot(`
    "warned: sampler dynamic: No filter drops groups, so dynamic sampling has nothing to make up for.
      where:    at sampler, in preset dapo
      do:       add one (filters.outcomes), or use sampler: standard"
  `);
});

test('a ratio level under a rule that knows no ratio', async () => {
  expect(await told('grpo', ['loss.clip=reinforce', 'loss.ratio=sequence'])).toMatchInlineSnapshot(`
    "warned: clip-rule reinforce: It knows no ratio: loss.ratio (sequence) has no effect.
      where:    at loss.clip, in the command line
      do:       Take the ratio level out, or another clip rule."
  `);
});
