import { expect, test } from 'vitest';
import { problemsOf } from '../testing/config-problems.js';

test('a key that nobody knows', async () => {
  expect(await problemsOf({ sede: 1 })).toMatchInlineSnapshot(`
    "There is no key «sede».
      where:    at sede
      expected: name, seed, rollout, update, evaluation, checkpoints, budget, prices, plugins, backend, tokenizer, policy, prompts, sampler, generator, rewards, filters, signals, advantage, correction, loss, aggregation, optimizer, schedule, guards or trackers
      nearest:  seed"
  `);
});

test('a key of a section that nobody knows', async () => {
  expect(await problemsOf({ rollout: { promts: 4 } })).toMatchInlineSnapshot(`
    "There is no key «promts».
      where:    at rollout.promts
      expected: prompts, groupSize, maxResponseLength, temperature, topP or topK
      nearest:  prompts"
  `);
});

test('prompts for something else than training and evaluation', async () => {
  expect(await problemsOf({ prompts: { train: 'sums', heldOut: 'sums', heldout: 'sums' } })).toMatchInlineSnapshot(`
    "There is no key «heldout».
      where:    at prompts.heldout
      expected: train or heldOut
      nearest:  heldOut"
  `);
});

test.each([
  ['use', 'it names the plugin of a node; nodes stand under the keys of the config'],
  ['weight', 'it stands in a reward: rewards.NAME.weight'],
  ['$import', 'a config builds on others with extends'],
])('the reserved key %s at the top', async (key, hint) => {
  expect(await problemsOf({ [key]: 'x' })).toBe(
    `The key «${key}» is reserved.\n  where:    at ${key}\n  do:       ${hint}`,
  );
});

test('extends within a node', async () => {
  expect(await problemsOf({ loss: { extends: 'grpo' } })).toMatchInlineSnapshot(`
    "The key «extends» is reserved.
      where:    at loss.extends
      do:       a config extends others at its top, not in a node"
  `);
});

test('a setting of the engine that is out of bounds', async () => {
  expect(await problemsOf({ rollout: { temperature: 0, groupSize: 2.5 }, update: { oldLogProbs: 'old' } }))
    .toMatchInlineSnapshot(`
    "rollout.groupSize has a value that does not fit.
      where:    at rollout.groupSize
      expected: a whole number; responses to each prompt (G)
      received: 2.5

    rollout.temperature has a value that does not fit.
      where:    at rollout.temperature
      expected: a number, above 0; what the logits are divided by, here and in every log-prob
      received: 0

    update.oldLogProbs has a value that does not fit.
      where:    at update.oldLogProbs
      expected: behaviour or recomputed; where old log-probs come from: the sampler's own, or one forward pass more per rollout
      received: "old""
  `);
});

test('a union that fits no side says both', async () => {
  expect(await problemsOf({}, 'update.microBatch=all')).toMatchInlineSnapshot(`
    "update.microBatch has a value that does not fit.
      where:    at update.microBatch, in the command line
      expected: auto or a number; responses computed at once; auto: as many as a limit of memory allows
      received: "all""
  `);
});

test('a name of a run that could be no folder', async () => {
  expect(await problemsOf({ name: '../elsewhere' })).toMatchInlineSnapshot(`
    "name has a value that does not fit.
      where:    at name
      expected: at most 80 letters, digits, dots, - and _, the first a letter or digit; name of the run: part of its folder
      received: "../elsewhere""
  `);
});
