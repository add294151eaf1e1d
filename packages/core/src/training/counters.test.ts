import { expect, test } from 'vitest';
import { Counters } from './counters.js';

const noBudget = { rolloutSteps: 100, optimizerSteps: 0, generatedTokens: 0, prompts: 0, minutes: 0 };
const free = { perMillionTokens: 0, perHour: 0 };

test('a budget is used up when its scarcest part is', () => {
  const counters = new Counters(free);
  counters.rolloutSteps = 10;
  counters.generatedTokens = 500;
  counters.seconds = 90;
  expect(counters.used(noBudget)).toBe(0.1);
  expect(counters.used({ ...noBudget, generatedTokens: 1000 })).toBe(0.5);
  expect(counters.used({ ...noBudget, generatedTokens: 400 })).toBe(1);
  expect(counters.used({ ...noBudget, minutes: 3 })).toBe(0.5);
  expect(counters.scarcest(noBudget)).toEqual({ part: 'rolloutSteps', used: 10, bound: 100 });
  expect(counters.scarcest({ ...noBudget, minutes: 3 })).toEqual({ part: 'minutes', used: 1.5, bound: 3 });
});

test('money is tokens and hours times their prices', () => {
  const counters = new Counters({ perMillionTokens: 2, perHour: 3 });
  counters.generatedTokens = 500_000;
  counters.seconds = 1800;
  expect(counters.money).toBe(2.5);
});

test('state and restore are a round trip', () => {
  const counters = new Counters(free);
  Object.assign(counters, {
    rolloutSteps: 1,
    generationRounds: 2,
    promptsSeen: 3,
    optimizerSteps: 4,
    generatedTokens: 5,
    seconds: 6,
    rollBacks: 7,
  });
  const again = new Counters(free);
  again.restore(counters.state());
  expect(again).toEqual(counters);
});
