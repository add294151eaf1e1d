import { createRun, definePlugin, type Metrics, type PluginManifest, type UserConfig } from '@dapo/core';
import { describeContract, fixtureGroup, fixturePrompt, fixtureResponse, instantiate } from '@dapo/core/testing';
import plugins from '@dapo/plugins';
import { expect, test } from 'vitest';
import plugin, { reallyCorrect } from './judge-agreement.js';

// What every reward must hold to.
describeContract(plugin);

test.each([
  ['11,9,3#391', '391', true],
  ['#39', '391', false],
  ['391', '391', false],
  ['#391', undefined, undefined],
])('«%s» where the answer is %s: %s', (text, reference, correct) => {
  expect(reallyCorrect(text, reference)).toBe(correct);
});

test('agreement is recorded, and nothing is rewarded', async () => {
  const recorded: number[] = [];
  const metrics = { record: (_: string, value: number) => void recorded.push(value) };
  const reward = await instantiate(plugin, {}, { metrics });
  const prompt = fixturePrompt({ reference: '391' });
  const answers = [
    { text: '#391', correct: true },
    { text: '#392', correct: true },
    { text: '#392', correct: false },
  ];
  const group = fixtureGroup(answers.map(fixtureResponse), { prompt });
  const items = group.responses.map((response) => ({ prompt, response, group }));
  const context = { step: 0, purpose: 'rollout' as const, signal: () => new Float32Array() };
  expect(await reward.score(items, context)).toEqual([0, 0, 0]);
  expect(recorded).toEqual([1, 0, 1]);
});

/** What a judge becomes when a policy has found the phrase that it likes. */
const likesAll = definePlugin({
  kind: 'reward',
  name: 'likes-all',
  provides: ['correct'],
  create: () => ({ score: (batch) => batch.map(() => ({ reward: 1, correct: true })) }),
});
const ours: PluginManifest = {
  name: 'ours',
  version: '0.0.0',
  plugins: {
    reward: {
      'likes-all': () => Promise.resolve({ default: likesAll }),
      'judge-agreement': () => Promise.resolve({ default: plugin }),
    },
  },
};

test('a judge that likes everything is found out, though all groups are dropped, and by the held-out set', async () => {
  const sums = { use: 'arithmetic', minDigits: 2, maxDigits: 3 };
  const config = {
    extends: 'dapo',
    tokenizer: { use: 'character', characters: '0123456789+-=,;#' },
    policy: { use: 'transformer', hiddenSize: 8, layers: 1, heads: 1, contextLength: 32 },
    prompts: { train: sums, heldOut: { ...sums, split: 'heldOut', count: 8 } },
    rewards: { answer: 'likes-all', agreement: 'judge-agreement', length: false },
    rollout: { prompts: 2, groupSize: 4, maxResponseLength: 8 },
    update: { miniBatch: 4 },
    sampler: 'standard',
    guards: { liveGroups: false },
    trackers: { console: false },
    evaluation: { every: 0 },
    budget: { rolloutSteps: 1 },
  } as unknown as UserConfig;
  const run = await createRun(config, { manifests: [plugins, ours], print: () => undefined });
  const steps: Metrics[] = [];
  run.on('step:finished', ({ metrics }) => void steps.push(metrics));
  await run.train();
  const { metrics } = await run.evaluate();
  await run.dispose();
  expect(steps[0]).toMatchObject({
    'rollout/kept-groups': 0,
    'rollout/accuracy': 1,
    'rewards/agreement/agreed': 0,
  });
  expect(metrics).toMatchObject({ 'evaluation/accuracy': 1, 'evaluation/rewards/agreement/agreed': 0 });
});
