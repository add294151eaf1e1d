import { describeContract, fixtureGroup, fixturePrompt, fixtureResponse, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin, { lastNumber } from './last-number.js';

// What every reward must hold to: one value per response in order, no leaks, the same again for the same batch.
describeContract(plugin);

test.each([
  ['18', 18],
  ['3 × $400 = $1,200.00.', 1200],
  ['16 - 3 - 4 = 9, and 9 * 2 = 18. Answer: 18', 18],
  ['it fell to -7', -7],
  ['2.5 kg', 2.5],
  ['Answer: ', undefined],
  ['', undefined],
])('the last number of «%s» is %s', (text, number) => {
  expect(lastNumber(text)).toBe(number);
});

test.each([
  ['1200', '1,200', true],
  ['1,200', '1200', true],
  ['Answer: 42', '42 kg', true],
  ['Answer: 41', '42 kg', false],
  ['no idea', '0', false],
  ['0', '', undefined],
  ['0', 'none', undefined],
  ['0', undefined, undefined],
])('«%s» where the answer is «%s»: %s', async (text, reference, correct) => {
  const reward = await instantiate(plugin, {}, { metrics: { record: () => undefined } });
  const prompt = fixturePrompt({ reference });
  const group = fixtureGroup([fixtureResponse({ text })], { prompt });
  const items = group.responses.map((response) => ({ prompt, response, group }));
  const [value] = await reward.score(items, {
    step: 0,
    purpose: 'rollout',
    signal: () => new Float32Array(),
  });
  if (correct === undefined) expect(value).toBeNull();
  else expect(value).toMatchObject({ reward: correct ? 1 : -1, correct });
});
