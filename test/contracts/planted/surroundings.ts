import {
  tokens,
  type Guard,
  type GuardAnswer,
  type Prompt,
  type PromptSource,
  type Schedule,
  type Tracker,
} from '@dapo/core';
import { lettersPrompts } from '@dapo/core/testing';
import { altered, defectsOf } from './planted.js';

const prompts = defectsOf('prompts');
const schedule = defectsOf('schedule');
const guard = defectsOf('guard');
const tracker = defectsOf('tracker');

const source = (change: (of: PromptSource) => Partial<PromptSource>) => () => {
  const plain = lettersPrompts.create({ references: [...'abcdefg'] }, {}) as PromptSource;
  return altered(plain, change(plain));
};
const eachPrompt = (change: (prompt: Prompt, i: number) => Partial<Prompt>) =>
  source((plain) => ({
    next: async (n) => (await plain.next(n)).map((prompt, i) => ({ ...prompt, ...change(prompt, i) })),
    take: async (n) => (await plain.take(n)).map((prompt, i) => ({ ...prompt, ...change(prompt, i) })),
  }));

const plantedPrompts = [
  prompts(
    'gives prompts',
    'has the input []: a text, or messages',
    eachPrompt(() => ({ input: [] })),
  ),
  prompts(
    'gives prompts',
    'asked for 4 prompts of 7 it gives 3',
    source((plain) => ({ next: (n) => plain.next(Math.min(3, n)) })),
  ),
  prompts(
    'gives the same prompts in portions of any size',
    'five prompts at once are others than two and three',
    source((plain) => ({
      next: async (n) => (await plain.next(n)).reverse(),
    })),
  ),
  prompts(
    'shows its first prompts without moving',
    'take moves the source',
    source((plain) => ({
      take: async (n) => {
        await plain.next(n);
        return plain.take(n);
      },
    })),
  ),
  prompts(
    'goes through every prompt once before it repeats one',
    'the second time through, prompt "letter-0 1" comes with visit 1: the same ids again',
    eachPrompt(({ id, visit }) => (visit === 0 ? {} : { id: `${id} ${visit}` })),
  ),
  prompts(
    'goes through every prompt once before it repeats one',
    'of 7 prompts the first time through brings 1 different ids',
    eachPrompt(() => ({ id: 'p' })),
  ),
  prompts(
    'gives as many prompts as it is asked for, past the end of its data',
    'asked for 2 prompts where one is left of its data it gives 1, and goes on after it',
    source((plain) => {
      let at = 0;
      return {
        next: async (n) => {
          const given = await plain.next(Math.min(n, plain.size - (at % plain.size)));
          at += given.length;
          return given;
        },
      };
    }),
    { also: ['goes on from its saved state'] },
  ),
  prompts(
    'has a fingerprint of its data',
    'it has no fingerprint',
    source(() => ({ fingerprint: '' })),
  ),
];

const stateful = (): Schedule => {
  let calls = 0;
  return { factor: () => Math.min(1, ++calls / 100) };
};

const plantedSchedules = [
  schedule(
    'gives factors that are finite and not negative',
    'after 11 rollout steps (88 updates) its factor is -0.1',
    () => ({ factor: ({ rolloutStep }) => 1 - rolloutStep / 10 }),
  ),
  schedule('depends on the progress alone', 'asked in another order it gives other factors', stateful, {
    also: ['goes on from its saved state'],
  }),
];

const act: GuardAnswer = { action: 'stop', reason: 'enough' };
const answering = (check: Guard['check']) => (): Guard => ({ check });

const plantedGuards = [
  guard(
    'answers at every point',
    "it answers missing: 'continue', or { action",
    answering(() => undefined as never),
  ),
  guard(
    'answers at every point',
    'it answers skip-update at «updated», where there is no update to skip',
    answering((point, { metrics }) =>
      point === 'updated' && metrics['update/gradient-norm']! > 10
        ? { action: 'skip-update', reason: 'spike' }
        : 'continue',
    ),
  ),
  guard(
    'answers at every point',
    'it answers stop without a reason',
    answering((_, { metrics }) => (Number.isNaN(metrics['update/loss']) ? { action: 'stop', reason: '' } : 'continue')),
  ),
  guard(
    'lets a healthy run go on',
    'it acts on a run in which nothing is wrong',
    answering((_, { metrics }) => (metrics['policy/entropy']! < 2 ? act : 'continue')),
  ),
  guard(
    'bears metrics that are missing',
    'it acts where it knows nothing',
    answering((_, { metrics }) => (metrics['update/loss']! < 1 ? 'continue' : act)),
  ),
];

const plantedTrackers = [
  tracker(
    'takes records of every sort',
    'it threw: ',
    () => ({ track: ({ metrics }) => void metrics['update/loss']!.toFixed(2) }),
    {
      also: [
        'only records',
        'leaves no tensor behind',
        'reads no tensor synchronously',
        'comes to the same each time',
        'goes on from its saved state',
      ],
    },
  ),
  tracker('only records', 'it changes the record that other trackers see after it', () => ({
    track: (record) => void Object.assign(record.metrics, { seen: 1 }),
  })),
  tracker(
    'writes a step once, though the run was resumed',
    'Keep the size of a file in state(), and cut it to that in restore()',
    (_, { folder }): Tracker => ({ track: ({ step }) => folder.append('steps.txt', `${step}\n`) }),
    { inject: { folder: tokens.runFolder } },
  ),
];

export const plantedInSurroundings = [...plantedPrompts, ...plantedSchedules, ...plantedGuards, ...plantedTrackers];
