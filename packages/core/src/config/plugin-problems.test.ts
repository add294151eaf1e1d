import { expect, test } from 'vitest';
import { problemsOf } from '../testing/config-problems.js';

test('a plugin that nobody knows', async () => {
  expect(await problemsOf({ loss: { clip: 'clip-highr' } })).toMatchInlineSnapshot(`
    "There is no clip-rule «clip-highr».
      where:    at loss.clip
      expected: clip or clip-higher
      nearest:  clip-higher
      do:       a plugin of your own is named by its file, ./my-plugin.ts, or by its package"
  `);
});

test('a plugin by a name that it has elsewhere', async () => {
  expect(await problemsOf({ advantage: 'rloo' })).toMatchInlineSnapshot(`
    "There is no advantage «rloo».
      where:    at advantage
      expected: group-norm or leave-one-out
      nearest:  leave-one-out
      do:       a plugin of your own is named by its file, ./my-plugin.ts, or by its package"
  `);
});

test('a plugin of another kind', async () => {
  expect(await problemsOf({ sampler: 'mixed-outcomes' })).toMatchInlineSnapshot(`
    "«mixed-outcomes» is a plugin of the kind filter, not sampler.
      where:    at sampler
      expected: dynamic or standard
      do:       name a sampler here, and move this one to the place of its kind"
  `);
});

test('an option that the plugin does not have', async () => {
  expect(await problemsOf({ loss: { clip: { lo: 0.1 } } })).toMatchInlineSnapshot(`
    "clip-rule clip-higher has no option «lo».
      where:    at loss.clip.lo
      expected: low or high
      nearest:  low"
  `);
});

test('an option of an option that the plugin does not have', async () => {
  expect(await problemsOf({ prompts: { train: { use: 'sums', columns: { inputs: 'question' } }, heldOut: 'sums' } }))
    .toMatchInlineSnapshot(`
    "prompts sums has no option «inputs».
      where:    at prompts.train.columns.inputs
      expected: input or reference
      nearest:  input"
  `);
});

test('an option for a plugin without options', async () => {
  expect(await problemsOf({ aggregation: { scope: 'batch' } })).toMatchInlineSnapshot(`
    "aggregation token has no option «scope».
      where:    at aggregation.scope
      expected: no options"
  `);
});

test('an option that its schema refuses', async () => {
  expect(await problemsOf({ loss: { clip: { low: 2, high: 'much' } } })).toMatchInlineSnapshot(`
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
  expect(await problemsOf({ filters: { band: { use: 'band', range: [0.1] } } })).toMatchInlineSnapshot(`
    "filters.band.range has a value that does not fit.
      where:    at filters.band.range
      expected: a list of at least 2 entries; lowest and highest share
      received: [0.1]"
  `);
});

test('an option without a default that nothing sets', async () => {
  expect(await problemsOf({ filters: { band: 'band' } })).toMatchInlineSnapshot(`
    "filter band needs the option «range».
      where:    at filters.band.range
      expected: a list; lowest and highest share"
  `);
});

test('an option that is code', async () => {
  expect(await problemsOf({ prompts: { train: { use: 'sums', file: () => 'data' }, heldOut: 'sums' } }))
    .toMatchInlineSnapshot(`
    "prompts.train.file is not plain data, so that no manifest could repeat the run.
      where:    at prompts.train.file
      expected: what JSON can hold
      received: a function
      do:       put code into a plugin, and name the plugin here"
  `);
});

test('an option that is an object of a class', async () => {
  expect(await problemsOf({ prompts: { train: { use: 'sums', columns: new Map() }, heldOut: 'sums' } }))
    .toMatchInlineSnapshot(`
    "prompts.train.columns is not plain data, so that no manifest could repeat the run.
      where:    at prompts.train.columns
      expected: what JSON can hold
      received: an object of class Map
      do:       put code into a plugin, and name the plugin here"
  `);
});
