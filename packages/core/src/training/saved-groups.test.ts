import { expect, test } from 'vitest';
import { fixtureGroup, fixturePrompt, fixtureResponse } from '../testing/index.js';
import { copyGroup, groupsFromJson, groupsToJson } from './saved-groups.js';

const group = fixtureGroup(
  [
    fixtureResponse({
      behaviourLogProbs: Float32Array.of(-0.1, -1e-7),
      policyVersion: 3,
      correct: true,
      components: { answer: 1 },
    }),
    fixtureResponse({ length: 0, score: null, verdict: 'mask', reason: 'cut off', tokenRewards: new Float32Array(0) }),
  ],
  { prompt: fixturePrompt({ columns: { level: 2 }, visit: 1 }), promptTokens: Int32Array.of(7, 8), round: 2 },
);

test('groups are the same after a checkpoint, bit for bit', () => {
  expect(groupsFromJson(JSON.parse(JSON.stringify(groupsToJson([group]))))).toEqual([group]);
});

test('what a step writes into a copy does not reach the group', () => {
  const copy = copyGroup(group);
  copy.responses[0]!.reward += 1;
  copy.responses[0]!.components['length'] = -1;
  copy.responses.pop();
  expect(group.responses).toHaveLength(2);
  expect(group.responses[0]).toMatchObject({ reward: 1, components: { answer: 1 } });
});
