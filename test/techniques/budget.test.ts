import { expect, test } from 'vitest';
import { trainSmallWorld } from './tabular-run.js';

test.each([
  ['budget.optimizerSteps=9', 'counter/optimizer-steps', 9],
  ['budget.generatedTokens=300', 'counter/generated-tokens', 300],
  ['budget.prompts=9', 'counter/prompts-seen', 9],
])('a run ends with the step that uses up %s', async (set, counter, bound) => {
  const steps = await trainSmallWorld('grpo', [set, 'budget.rolloutSteps=100']);
  expect(steps.length).toBeLessThan(20);
  expect(steps.at(-1)![counter]).toBeGreaterThanOrEqual(bound);
  expect(steps.at(-2)![counter]).toBeLessThan(bound);
});
