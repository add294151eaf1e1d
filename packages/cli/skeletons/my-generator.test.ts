import { Random } from '@dapo/core';
import { describeContract, fixturePrompt, instantiate, lettersTokenizer, tabularPolicy } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { cutAt } from './my-generator.js';

// What every plugin of this kind must hold to: shapes, masks, order, gradients, edge cases, leaks, state.
describeContract(plugin);

test.each([
  ['12#5', '#', '12#'],
  ['12#5#', '#', '12#'],
  ['12', '#', '12'],
  ['12', undefined, '12'],
])('«%s» cut at %s is «%s»', (text, stop, cut) => {
  expect(cutAt(text, stop)).toBe(cut);
});

test('groups come in the order of the prompts, and a response hangs on its prompt alone', async () => {
  const random = new Random(1);
  const policy = await instantiate(tabularPolicy, {}, { random });
  const tokenizer = await instantiate(lettersTokenizer);
  const generator = await instantiate(plugin, { stop: 'a' }, { policy, tokenizer, random });
  const [a, b] = ['a', 'b'].map((input) => fixturePrompt({ id: input, input }));
  const sampling = { maxResponseLength: 6, temperature: 1, topP: 1, topK: 0 };
  const texts = async (prompts: (typeof a)[]): Promise<string[][]> => {
    const request = {
      prompts: prompts.map((prompt) => prompt!),
      groupSize: 4,
      sampling,
      purpose: 'rollout',
      step: 0,
      round: 0,
    };
    return (await generator.generate(request)).map(({ responses }) => responses.map(({ text }) => text));
  };
  const [ofA, ofB] = await texts([a, b]);
  expect(await texts([b, a])).toEqual([ofB, ofA]);
  for (const text of [...ofA!, ...ofB!]) expect(text).toMatch(/^[^a]*a?$/);
  await generator.dispose?.();
  await policy.dispose?.();
});
