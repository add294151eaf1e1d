import { expect, test } from 'vitest';
import { problemsOf, warningsOf } from '../testing/config-problems.js';

test('a required plugin that nobody chooses', async () => {
  expect(await problemsOf({ tokenizer: undefined })).toMatchInlineSnapshot(`
    "tokenizer is missing: no plugin of the kind tokenizer is chosen.
      where:    at tokenizer
      expected: character
      do:       write tokenizer: 'NAME', or extend a preset that chooses one"
  `);
});

test('no reward at all', async () => {
  expect(await problemsOf({}, 'rewards.answer=false', 'rewards.length=false')).toMatchInlineSnapshot(`
    "rewards.NAME is missing: no plugin of the kind reward is chosen.
      where:    at rewards.NAME
      expected: exact-answer, kl-penalty, number-answer or soft-overlong
      do:       write rewards.NAME: 'NAME', or extend a preset that chooses one"
  `);
});

test('rewards that only shape', async () => {
  expect(await problemsOf({}, 'rewards.answer=false')).toMatchInlineSnapshot(`
    "No reward scores the task: all of them only shape it.
      where:    at rewards
      expected: at least one reward of the role task"
  `);
});

test('two rewards that say what is correct', async () => {
  expect(await problemsOf({ rewards: { number: 'number-answer' } })).toMatchInlineSnapshot(`
    "More than one reward says which answers are correct.
      where:    at rewards.answer, rewards.number
      expected: at most one
      do:       take one out: --set rewards.number=false"
  `);
});

test('options for nobody', async () => {
  expect(await problemsOf({ filters: { range: { range: [0, 1] } } })).toMatchInlineSnapshot(`
    "There are options here, but nothing says for which plugin of the kind filter.
      where:    at filters.range
      expected: use: band or mixed-outcomes"
  `);
});

test('something else than a plugin', async () => {
  expect(await problemsOf({ sampler: 7, filters: { outcomes: ['mixed-outcomes'] } })).toMatchInlineSnapshot(`
    "sampler names no plugin of the kind sampler.
      where:    at sampler
      expected: 'NAME' or { use: 'NAME', …options }
      received: 7

    filters.outcomes names no plugin of the kind filter.
      where:    at filters.outcomes
      expected: 'NAME' or { use: 'NAME', …options }, or false to take it out
      received: ["mixed-outcomes"]"
  `);
});

test('something else than a map of plugins', async () => {
  expect(await problemsOf({ filters: 'mixed-outcomes' })).toMatchInlineSnapshot(`
    "filters has a value that does not fit.
      where:    at filters
      expected: names and their plugins: { NAME: 'PLUGIN' }
      received: "mixed-outcomes""
  `);
});

test('taking out what a run needs', async () => {
  expect(await problemsOf({}, 'sampler=false', 'loss.clip=false')).toMatchInlineSnapshot(`
    "sampler can not be taken out: a run needs one.
      where:    at sampler, in the command line
      expected: dynamic or standard
      received: false

    loss.clip can not be taken out: a run needs one.
      where:    at loss.clip, in the command line
      expected: clip or clip-higher
      received: false"
  `);
});

test('taking out by an override what is not there', async () => {
  expect(await problemsOf({}, 'rewards.lenght=false')).toMatchInlineSnapshot(`
    "There is no «lenght» to take out.
      where:    at rewards.lenght, in the command line
      expected: answer or length
      nearest:  length"
  `);
});

test('taking out in a config what is not there is only a warning: the config may have several bases', async () => {
  expect(await warningsOf({ filters: { overlong: false } })).toMatchInlineSnapshot(`
    "There is no «overlong» to take out.
      where:    at filters.overlong
      expected: outcomes"
  `);
});

test('a preset may take out what is not there: it is made to stand on others', async () => {
  expect(await warningsOf({ extends: 'grpo' })).toBe('');
});

test('a weight on something else than a reward, and one that is no number', async () => {
  expect(await problemsOf({ filters: { outcomes: { weight: 2 } }, rewards: { length: { weight: 'half' } } }))
    .toMatchInlineSnapshot(`
    "rewards.length.weight has a value that does not fit.
      where:    at rewards.length.weight
      expected: a number, what the reward is multiplied with; or { from, to, steps }, a line over the first rollout steps
      received: "half"

    Only rewards have a weight.
      where:    at filters.outcomes.weight
      do:       take it away; what a plugin multiplies with is an option of its own"
  `);
});

test('a weight that is no line', async () => {
  expect(await problemsOf({ rewards: { length: { weight: { from: 0, to: 1 } } } })).toMatchInlineSnapshot(`
    "rewards.length.weight has a value that does not fit.
      where:    at rewards.length.weight
      expected: a number, what the reward is multiplied with; or { from, to, steps }, a line over the first rollout steps
      received: {"from":0,"to":1}"
  `);
});

test('a name of a part that could stand in no path', async () => {
  expect(await problemsOf({ rewards: { 'length.short': 'soft-overlong' } })).toMatchInlineSnapshot(`
    "«length.short» can not name a part.
      where:    at rewards.length.short
      expected: a letter, then letters, digits, - and _
      do:       the name stands in config paths and in the names of metrics"
  `);
});
