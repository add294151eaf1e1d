import fs from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  emptyData,
  malformedRow,
  missingFile,
  promptTooLong,
  rowWithoutColumn,
  unknownCharacter,
} from './data-errors.js';
import { DapoProblems, isDapoError, type DapoError } from './dapo-error.js';
import {
  backendUnavailable,
  checkpointMismatch,
  checkpointMissing,
  needUnfulfilled,
  pluginNeverSettled,
  pluginThrew,
  rewardNotFinite,
  rewardWrongCount,
  samplerExhausted,
  undeclaredMetric,
  wrongShape,
} from './run-errors.js';

const file = 'data/train.jsonl';

const errors: readonly [string, DapoError, readonly string[]][] = [
  [
    'missingFile',
    missingFile(file, 'prompts.train.file'),
    [
      'There is no such file.',
      '  where:    at prompts.train.file, in data/train.jsonl',
      '  do:       relative paths start from the folder of the config',
    ],
  ],
  [
    'malformedRow',
    malformedRow(file, 12, new SyntaxError('Unexpected end of JSON input')),
    [
      'This row can not be read: Unexpected end of JSON input',
      '  where:    in data/train.jsonl:12',
      '  do:       mend the line, or take it out',
    ],
  ],
  [
    'emptyData',
    emptyData(file),
    [
      'There are no prompts.',
      '  where:    in data/train.jsonl',
      '  expected: at least one row',
      '  do:       look at the file, and at the split that is taken of it',
    ],
  ],
  [
    'rowWithoutColumn',
    rowWithoutColumn(file, 3, 'promt', ['prompt', 'answer']),
    [
      'This row has no column «promt».',
      '  where:    in data/train.jsonl:3',
      '  expected: one of its columns: prompt or answer',
      '  nearest:  prompt',
      '  do:       name the column in the options of the prompts, or mend the row',
    ],
  ],
  [
    'promptTooLong',
    promptTooLong('data/train.jsonl:4', 90, 64),
    [
      'The prompt data/train.jsonl:4 is too long.',
      '  expected: at most 64 tokens, so that prompt and response fit the context of the policy',
      '  received: 90 tokens',
      '  do:       shorten it, take it out, lower rollout.maxResponseLength, or give the policy a longer context',
    ],
  ],
  [
    'unknownCharacter',
    unknownCharacter('3×4', '×', 'data/train.jsonl:9'),
    [
      'The tokenizer has no token for «×» (U+00D7).',
      '  where:    at tokenizer, in data/train.jsonl:9',
      '  received: 3×4',
      '  do:       add the character to the alphabet of the tokenizer, or take it out of the data',
    ],
  ],
  [
    'pluginThrew',
    pluginThrew('reward', 'exact-answer', 'rewards.answer', 6, new TypeError('no reference')),
    [
      'reward exact-answer threw in rollout step 7: no reference',
      '  where:    at rewards.answer',
      '  do:       look at its stack: dapo prints it with --verbose',
    ],
  ],
  [
    'pluginThrew, while it was made',
    pluginThrew('loss', 'loss mine', 'loss', 'while it was made', 'a text'),
    [
      'loss mine threw while it was made: a text',
      '  where:    at loss',
      '  do:       look at its stack: dapo prints it with --verbose',
    ],
  ],
  [
    'wrongShape',
    wrongShape('aggregation token', '[8, 32]', '[8]'),
    [
      'aggregation token gave a tensor of the wrong shape.',
      '  expected: [8, 32]',
      '  received: [8]',
      '  do:       look at its sums and means: without an axis they give one number, over the wrong one another shape',
    ],
  ],
  [
    'undeclaredMetric',
    undeclaredMetric('clip-rule clip', 'clip-fractoin', ['clip-fraction'], 'loss.clip'),
    [
      'clip-rule clip recorded the metric «clip-fractoin», which it has not declared.',
      '  where:    at loss.clip',
      '  expected: clip-fraction',
      '  nearest:  clip-fraction',
      "  do:       declare it: metrics: { 'clip-fractoin': { over, reduce, unit, meaning } }",
    ],
  ],
  [
    'rewardWrongCount',
    rewardWrongCount('reward mine', 64, 1),
    [
      'reward mine gave the wrong number of values.',
      '  expected: 64, one for each item and in their order',
      '  received: 1',
      '  do:       give null for what can not be scored',
    ],
  ],
  [
    'rewardNotFinite',
    rewardNotFinite('reward mine', 'sum-3', NaN),
    [
      'reward mine gave a reward that is no finite number, for prompt «sum-3».',
      '  expected: a finite number, or null where it can not be scored',
      '  received: NaN',
      '  do:       look at its arithmetic for this prompt: a division by 0, a logarithm of 0, a number read from text',
    ],
  ],
  [
    'pluginNeverSettled',
    pluginNeverSettled('reward judge', 4, 'rewards.judge'),
    [
      'reward judge gave a promise in rollout step 5 that nothing will ever settle.',
      '  where:    at rewards.judge',
      '  do:       look in it for a promise that is neither resolved nor rejected: a callback or an event that never comes',
    ],
  ],
  [
    'needUnfulfilled',
    needUnfulfilled('loss policy-gradient', 'entropy', 'policy remote'),
    [
      'loss policy-gradient needs «entropy», which policy remote does not give.',
      '  where:    at policy',
      '  do:       take another policy, or leave the plugin out',
    ],
  ],
  [
    'samplerExhausted',
    samplerExhausted('10 rounds gave 3 of 8 groups'),
    [
      'The sampler could not fill its batch: 10 rounds gave 3 of 8 groups',
      '  where:    at sampler',
      '  do:       take easier or harder prompts, or more of them; let it train on what it has; or raise its limit of rounds',
    ],
  ],
  [
    'backendUnavailable',
    backendUnavailable('tensorflow', 'libtensorflow is missing.', 'dapo backend install tensorflow'),
    [
      'The backend «tensorflow» can not be used here: libtensorflow is missing.',
      '  where:    at backend',
      '  do:       dapo backend install tensorflow',
    ],
  ],
  [
    'checkpointMissing',
    checkpointMissing('runs/a'),
    [
      'There is no complete checkpoint here.',
      '  where:    in runs/a',
      '  expected: the folder of a run that has saved one',
      '  do:       begin the run again, with the command that began it and --out on the same folder',
    ],
  ],
  [
    'checkpointMismatch',
    checkpointMismatch('runs/a', 'policy.width', '16', '32'),
    [
      'The checkpoint does not fit this run: policy.width is another.',
      '  where:    in runs/a',
      '  expected: 32, as the config says',
      '  received: 16, as the checkpoint holds',
      '  do:       go on with the config that the run was started with, or begin a new run',
    ],
  ],
];

test.each(errors)('%s says what, where, what was expected and what to do', (_, error, lines) => {
  expect(error.message).toBe(lines.join('\n'));
  expect(isDapoError(error)).toBe(true);
});

test('what a plugin threw stays the cause, so that its stack is not lost', () => {
  const cause = new Error('deep inside');
  expect(pluginThrew('loss', 'mine', 'loss', 0, cause).cause).toBe(cause);
});

test('problems are shown together, with their number', () => {
  const problems = new DapoProblems([missingFile('a'), missingFile('b')]);
  expect(problems.message).toMatch(/^2 problems found\.\n\nThere is no such file\.\n {2}where: {4}in a\n/);
});

test('no code is used for two errors', async () => {
  const folder = import.meta.dirname;
  const sources = (await fs.readdir(folder)).filter((name) => name.endsWith('-errors.ts'));
  const texts = await Promise.all(sources.map((name) => fs.readFile(path.join(folder, name), 'utf8')));
  const codes = texts.flatMap((text) => [...text.matchAll(/code: '([^']+)'/g)].map(([, code]) => code!));
  expect(codes.length).toBeGreaterThan(50);
  expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
  expect(codes.filter((code) => !/^DAPO_(CONFIG|PLUGIN|DATA|RUN|POLICY)_[A-Z_]+$/.test(code))).toEqual([]);
});
