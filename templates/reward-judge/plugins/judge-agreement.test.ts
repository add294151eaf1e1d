import {
  describeContract,
  fixtureGroup,
  fixturePrompt,
  fixtureResponse,
  instantiate,
} from '@dapo/core/testing';
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
