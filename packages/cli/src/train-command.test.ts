import { expect, test } from 'vitest';
import { trainWith, trainWithSeed } from './train-command.js';

test('one override more, with all that was typed beside it', () => {
  expect(trainWith({}, 'loss.clip=clip')).toBe('npx dapo train --set loss.clip=clip');
  expect(
    trainWith(
      { file: 'a b.ts', set: ['sampler=standard'], steps: 20, seed: 3, backend: 'wasm', threads: 1, exec: false },
      'loss.clip=clip',
    ),
  ).toBe(
    "npx dapo train 'a b.ts' --set sampler=standard --no-exec --steps 20 --backend wasm --threads 1 --seed 3 --set loss.clip=clip",
  );
});

test('what was set of its path, or below it, goes; what begins alike stays', () => {
  const set = ['loss.clip=clip-higher', 'loss.clip.high=0.4', 'loss.clipping=1', 'name=loss.clip=x'];
  expect(trainWith({ set }, 'loss.clip=clip')).toBe(
    'npx dapo train --set loss.clipping=1 --set name=loss.clip=x --set loss.clip=clip',
  );
});

test('another seed takes the place of the one that was typed', () => {
  expect(trainWithSeed({ set: ['loss.clip=./mine.ts'], steps: 3, seed: 1 }, 2)).toBe(
    'npx dapo train --set loss.clip=./mine.ts --steps 3 --seed 2',
  );
});

test('a program that runs dapo is called by its own name', () => {
  process.env['DAPO_COMMAND'] = 'npm run dapo --';
  expect(trainWithSeed({}, 2)).toBe('npm run dapo -- train --seed 2');
  delete process.env['DAPO_COMMAND'];
});
