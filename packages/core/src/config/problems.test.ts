import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Location } from '../errors/dapo-error.js';
import { definePlugin } from '../plugin/define-plugin.js';
import type { PluginManifest } from '../plugin/manifest.js';
import { fakeManifest, smallConfig } from '../testing/fake-manifest.js';
import { resolveUserConfig, type UserConfigResolution } from './resolve-user-config.js';

function resolve(config: object, set: readonly string[] = [], more: readonly PluginManifest[] = []): Promise<UserConfigResolution> {
  return resolveUserConfig({ ...smallConfig, ...config }, { manifests: [fakeManifest, ...more], set });
}

/** The text of everything that is wrong with a config. */
async function problems(config: object, ...set: readonly string[]): Promise<string> {
  return (await resolve(config, set)).problems.map(({ message }) => message).join('\n\n');
}

async function warnings(config: object, ...set: readonly string[]): Promise<string> {
  const { problems: none, warnings: some } = await resolve(config, set);
  expect(none).toEqual([]);
  return some.map(({ message }) => message).join('\n\n');
}

test('a key that nobody knows', async () => {
  expect(await problems({ sede: 1 })).toMatchInlineSnapshot(`
    "There is no key «sede».
      where:    at sede
      expected: name, seed, rollout, update, evaluation, checkpoints, budget, prices, plugins, backend, tokenizer, policy, prompts, sampler, generator, rewards, filters, signals, advantage, correction, loss, aggregation, optimizer, schedule, guards or trackers
      nearest:  seed"
  `);
});

test('a key of a section that nobody knows', async () => {
  expect(await problems({ rollout: { promts: 4 } })).toMatchInlineSnapshot(`
    "There is no key «promts».
      where:    at rollout.promts
      expected: prompts, groupSize, maxResponseLength, temperature, topP or topK
      nearest:  prompts"
  `);
});

test('prompts for something else than training and evaluation', async () => {
  expect(await problems({ prompts: { train: 'sums', heldOut: 'sums', heldout: 'sums' } })).toMatchInlineSnapshot(`
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
  expect(await problems({ [key]: 'x' })).toBe(`The key «${key}» is reserved.\n  where:    at ${key}\n  do:       ${hint}`);
});

test('extends within a node', async () => {
  expect(await problems({ loss: { extends: 'grpo' } })).toMatchInlineSnapshot(`
    "The key «extends» is reserved.
      where:    at loss.extends
      do:       a config extends others at its top, not in a node"
  `);
});

test('a setting of the engine that is out of bounds', async () => {
  expect(await problems({ rollout: { temperature: 0, groupSize: 2.5 }, update: { oldLogProbs: 'old' } })).toMatchInlineSnapshot(`
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
  expect(await problems({}, 'update.microBatch=all')).toMatchInlineSnapshot(`
    "update.microBatch has a value that does not fit.
      where:    at update.microBatch, in --set
      expected: auto or a number; responses computed at once; auto: as many as a limit of memory allows
      received: "all""
  `);
});

test('a name of a run that could be no folder', async () => {
  expect(await problems({ name: '../elsewhere' })).toMatchInlineSnapshot(`
    "name has a value that does not fit.
      where:    at name
      expected: at most 80 letters, digits, dots, - and _, the first a letter or digit; name of the run: part of its folder
      received: "../elsewhere""
  `);
});

test('a plugin that nobody knows', async () => {
  expect(await problems({ loss: { clip: 'clip-highr' } })).toMatchInlineSnapshot(`
    "There is no clip-rule «clip-highr».
      where:    at loss.clip
      expected: clip or clip-higher
      nearest:  clip-higher
      do:       a plugin of your own is named by its file, ./my-plugin.ts, or by its package"
  `);
});

test('a plugin by a name that it has elsewhere', async () => {
  expect(await problems({ advantage: 'rloo' })).toMatchInlineSnapshot(`
    "There is no advantage «rloo».
      where:    at advantage
      expected: group-norm or leave-one-out
      nearest:  leave-one-out
      do:       a plugin of your own is named by its file, ./my-plugin.ts, or by its package"
  `);
});

test('a plugin of another kind', async () => {
  expect(await problems({ sampler: 'mixed-outcomes' })).toMatchInlineSnapshot(`
    "«mixed-outcomes» is a plugin of the kind filter, not sampler.
      where:    at sampler
      expected: dynamic or standard
      do:       name a sampler here, and move this one to the place of its kind"
  `);
});

test('an option that the plugin does not have', async () => {
  expect(await problems({ loss: { clip: { lo: 0.1 } } })).toMatchInlineSnapshot(`
    "clip-rule clip-higher has no option «lo».
      where:    at loss.clip.lo
      expected: low or high
      nearest:  low"
  `);
});

test('an option of an option that the plugin does not have', async () => {
  expect(await problems({ prompts: { train: { use: 'sums', columns: { inputs: 'question' } }, heldOut: 'sums' } })).toMatchInlineSnapshot(`
    "prompts sums has no option «inputs».
      where:    at prompts.train.columns.inputs
      expected: input or reference
      nearest:  input"
  `);
});

test('an option for a plugin without options', async () => {
  expect(await problems({ aggregation: { scope: 'batch' } })).toMatchInlineSnapshot(`
    "aggregation token has no option «scope».
      where:    at aggregation.scope
      expected: no options"
  `);
});

test('an option that its schema refuses', async () => {
  expect(await problems({ loss: { clip: { low: 2, high: 'much' } } })).toMatchInlineSnapshot(`
    "loss.clip.low has a value that does not fit.
      where:    at loss.clip.low
      expected: a number, below 1; how far a ratio may fall
      received: 2

    loss.clip.high has a value that does not fit.
      where:    at loss.clip.high
      expected: a number; how far it may rise
      received: "much""
  `);
});

test('a list of the wrong length', async () => {
  expect(await problems({ filters: { band: { use: 'band', range: [0.1] } } })).toMatchInlineSnapshot(`
    "filters.band.range has a value that does not fit.
      where:    at filters.band.range
      expected: a list of at least 2 entries; lowest and highest share
      received: [0.1]"
  `);
});

test('an option without a default that nothing sets', async () => {
  expect(await problems({ filters: { band: 'band' } })).toMatchInlineSnapshot(`
    "filter band needs the option «range».
      where:    at filters.band.range
      expected: a list; lowest and highest share"
  `);
});

test('an option that is code', async () => {
  expect(await problems({ prompts: { train: { use: 'sums', file: () => 'data' }, heldOut: 'sums' } })).toMatchInlineSnapshot(`
    "prompts.train.file is not plain data, so that no manifest could repeat the run.
      where:    at prompts.train.file
      expected: what JSON can hold
      received: a function
      do:       put code into a plugin, and name the plugin here"
  `);
});

test('an option that is an object of a class', async () => {
  expect(await problems({ prompts: { train: { use: 'sums', columns: new Map() }, heldOut: 'sums' } })).toMatchInlineSnapshot(`
    "prompts.train.columns is not plain data, so that no manifest could repeat the run.
      where:    at prompts.train.columns
      expected: what JSON can hold
      received: an object of class Map
      do:       put code into a plugin, and name the plugin here"
  `);
});

test('a required plugin that nobody chooses', async () => {
  expect(await problems({ tokenizer: undefined })).toMatchInlineSnapshot(`
    "tokenizer is missing: no plugin of the kind tokenizer is chosen.
      where:    at tokenizer
      expected: character
      do:       write tokenizer: 'NAME', or extend a preset that chooses one"
  `);
});

test('no reward at all', async () => {
  expect(await problems({}, 'rewards.answer=false', 'rewards.length=false')).toMatchInlineSnapshot(`
    "rewards.NAME is missing: no plugin of the kind reward is chosen.
      where:    at rewards.NAME
      expected: exact-answer, kl-penalty, number-answer or soft-overlong
      do:       write rewards.NAME: 'NAME', or extend a preset that chooses one"
  `);
});

test('rewards that only shape', async () => {
  expect(await problems({}, 'rewards.answer=false')).toMatchInlineSnapshot(`
    "No reward scores the task: all of them only shape it.
      where:    at rewards
      expected: at least one reward of the role task"
  `);
});

test('two rewards that say what is correct', async () => {
  expect(await problems({ rewards: { number: 'number-answer' } })).toMatchInlineSnapshot(`
    "More than one reward says which answers are correct.
      where:    at rewards.answer, rewards.number
      expected: at most one
      do:       take one out: --set rewards.number=false"
  `);
});

test('options for nobody', async () => {
  expect(await problems({ filters: { range: { range: [0, 1] } } })).toMatchInlineSnapshot(`
    "There are options here, but nothing says for which plugin of the kind filter.
      where:    at filters.range
      expected: use: band or mixed-outcomes"
  `);
});

test('something else than a plugin', async () => {
  expect(await problems({ sampler: 7, filters: { outcomes: ['mixed-outcomes'] } })).toMatchInlineSnapshot(`
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
  expect(await problems({ filters: 'mixed-outcomes' })).toMatchInlineSnapshot(`
    "filters has a value that does not fit.
      where:    at filters
      expected: names and their plugins: { NAME: 'PLUGIN' }
      received: "mixed-outcomes""
  `);
});

test('taking out what a run needs', async () => {
  expect(await problems({}, 'sampler=false', 'loss.clip=false')).toMatchInlineSnapshot(`
    "sampler can not be taken out: a run needs one.
      where:    at sampler, in --set
      expected: dynamic or standard
      received: false

    loss.clip can not be taken out: a run needs one.
      where:    at loss.clip, in --set
      expected: clip or clip-higher
      received: false"
  `);
});

test('taking out by an override what is not there', async () => {
  expect(await problems({}, 'rewards.lenght=false')).toMatchInlineSnapshot(`
    "There is no «lenght» to take out.
      where:    at rewards.lenght, in --set
      expected: answer or length
      nearest:  length"
  `);
});

test('taking out in a config what is not there is only a warning: the config may have several bases', async () => {
  expect(await warnings({ filters: { overlong: false } })).toMatchInlineSnapshot(`
    "There is no «overlong» to take out.
      where:    at filters.overlong
      expected: outcomes"
  `);
});

test('a preset may take out what is not there: it is made to stand on others', async () => {
  expect(await warnings({ extends: 'grpo' })).toBe('');
});

test('a weight on something else than a reward, and one that is no number', async () => {
  expect(await problems({ filters: { outcomes: { weight: 2 } }, rewards: { length: { weight: 'half' } } })).toMatchInlineSnapshot(`
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
  expect(await problems({ rewards: { length: { weight: { from: 0, to: 1 } } } })).toMatchInlineSnapshot(`
    "rewards.length.weight has a value that does not fit.
      where:    at rewards.length.weight
      expected: a number, what the reward is multiplied with; or { from, to, steps }, a line over the first rollout steps
      received: {"from":0,"to":1}"
  `);
});

test('a name of a part that could stand in no path', async () => {
  expect(await problems({ rewards: { 'length.short': 'soft-overlong' } })).toMatchInlineSnapshot(`
    "«length.short» can not name a part.
      where:    at rewards.length.short
      expected: a letter, then letters, digits, - and _
      do:       the name stands in config paths and in the names of metrics"
  `);
});

test('a mini-batch larger than the rollout', async () => {
  expect(await problems({ update: { miniBatch: 128 } })).toMatchInlineSnapshot(`
    "The mini-batch is larger than the rollout.
      where:    at update.miniBatch
      expected: at most 64 responses: rollout.prompts × rollout.groupSize
      received: 128
      do:       set update.miniBatch to 64 or less, or make the rollout larger"
  `);
});

test('a mini-batch that cuts a group', async () => {
  expect(await problems({ update: { miniBatch: 20 } })).toMatchInlineSnapshot(`
    "The mini-batch is not made of whole groups.
      where:    at update.miniBatch
      expected: a multiple of rollout.groupSize (8)
      received: 20
      nearest:  16 or 24"
  `);
  expect(await problems({ update: { miniBatch: 4 } })).toContain('nearest:  8');
});

test('a need that nothing provides', async () => {
  expect(await problems({ loss: { kl: 'k3' }, rewards: { kl: 'kl-penalty' } })).toMatchInlineSnapshot(`
    "reward kl-penalty needs «reference-log-probs», which nothing here provides.
      where:    at rewards.kl
      expected: signals.NAME: 'reference'
      do:       add one of these to the config

    kl-term k3 needs «reference-log-probs», which nothing here provides.
      where:    at loss.kl
      expected: signals.NAME: 'reference'
      do:       add one of these to the config"
  `);
});

test('a need that no known plugin provides', async () => {
  const needy: PluginManifest = {
    name: 'x',
    version: '1.0.0',
    plugins: {
      advantage: {
        gae: async () => ({
          default: definePlugin({ kind: 'advantage', name: 'gae', needs: () => ['values', 'entropy'], create: () => undefined as never }),
        }),
      },
    },
  };
  const { problems: told } = await resolve({ advantage: 'gae' }, [], [needy]);
  expect(told.map(({ message }) => message).join('\n\n')).toMatchInlineSnapshot(`
    "advantage gae needs «values», which nothing here provides.
      where:    at advantage
      expected: a plugin that provides it; none is known
      do:       add the file or package of such a plugin to plugins"
  `);
});

test('top-p in a rollout', async () => {
  expect(await warnings({ rollout: { topP: 0.7 } })).toMatchInlineSnapshot(`
    "With top-p or top-k in the rollout, the log-probs of the full vocabulary are not those of the sampling policy.
      where:    at rollout.topP
      expected: topP 1 and topK 0
      do:       keep it for evaluation.topP, or add a correction"
  `);
});

test('top-k in a rollout', async () => {
  expect(await warnings({ rollout: { topK: 20 } })).toContain('at rollout.topK');
});

test('evaluations without held-out prompts', async () => {
  expect(await warnings({ prompts: { train: 'sums' } })).toMatchInlineSnapshot(`
    "There are no held-out prompts, so nothing will be evaluated.
      where:    at evaluation.every
      do:       name some: prompts.heldOut, or say that it is meant so: evaluation.every: 0"
  `);
  expect(await warnings({ prompts: { train: 'sums' }, evaluation: { every: 0 } })).toBe('');
});

test('what a plugin has to say about the config', async () => {
  expect(await warnings({ loss: { clip: { high: 0.1 } } })).toMatchInlineSnapshot(`
    "clip-rule clip-higher: high is below low
      where:    at loss.clip.high
      do:       swap them"
  `);
});

test('a check of a plugin that throws', async () => {
  const rash: PluginManifest = {
    name: 'x',
    version: '1.0.0',
    plugins: {
      sampler: {
        rash: async () => ({
          default: definePlugin({
            kind: 'sampler',
            name: 'rash',
            options: z.strictObject({}),
            check: () => {
              throw new Error('I never thought of that');
            },
            create: () => undefined as never,
          }),
        }),
      },
    },
  };
  const { problems: told } = await resolve({ sampler: 'rash' }, [], [rash]);
  expect(told.map(({ message }) => message).join('\n\n')).toMatchInlineSnapshot(`
    "sampler rash threw while it checked the config: I never thought of that
      where:    at sampler
      do:       look at its stack: dapo prints it with --verbose"
  `);
});

test('a preset that nobody knows', async () => {
  expect(await problems({ extends: 'dpao' })).toMatchInlineSnapshot(`
    "There is no preset «dpao».
      where:    at extends
      expected: dapo or grpo, a path that begins with ./, or an npm package
      nearest:  dapo"
  `);
});

test('extends that is no name', async () => {
  expect(await problems({ extends: ['dapo', 7] })).toMatchInlineSnapshot(`
    "extends has a value that does not fit.
      where:    at extends
      expected: a preset, a path or a package, or a list of them
      received: ["dapo",7]"
  `);
});

test('presets that extend each other', async () => {
  const circular: PluginManifest = {
    name: 'x',
    version: '1.0.0',
    plugins: {},
    presets: {
      hen: async () => ({ default: { extends: 'egg' } }),
      egg: async () => ({ default: { extends: ['dapo', 'hen'] } }),
    },
  };
  const { problems: told } = await resolve({ extends: 'hen' }, [], [circular]);
  expect(told.map(({ message }) => message).join('\n\n')).toMatchInlineSnapshot(`
    "The config extends itself: config → preset hen → preset egg → preset hen.
      where:    at extends, in preset hen
      do:       take out one of these"
  `);
});

test('everything that is wrong is told at once, in the order of the data', async () => {
  const { problems: told } = await resolve(
    { sede: 1, rollout: { prompts: 0 }, loss: { clip: 'clop' }, policy: { use: 'small', wdith: 3 }, filters: { outcomes: 'k3' } },
    ['rewards.x=false'],
  );
  expect(told.map(({ path }) => path)).toEqual(['sede', 'rollout.prompts', 'policy.wdith', 'rewards.x', 'filters.outcomes', 'loss.clip']);
});

test('a problem is told where its layer says it', async () => {
  const locate = (path: readonly string[]): Location => ({ file: 'dapo.config.yaml', line: path.length, column: 1 });
  const layer = { loss: { use: 'policy-gradient', clip: { use: 'clip', lo: 1 } } };
  const { problems: told } = await resolveUserConfig(
    { layers: [{ layer, origin: 'dapo.config.yaml', locate }], folder: '/experiment' },
    { manifests: [fakeManifest] },
  );
  expect(told.find(({ code }) => code === 'DAPO_CONFIG_UNKNOWN_OPTION')!.location).toEqual({
    file: 'dapo.config.yaml',
    line: 3,
    column: 1,
  });
});
