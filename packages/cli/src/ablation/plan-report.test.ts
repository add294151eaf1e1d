import { expect, test } from 'vitest';
import type { Pilot } from './pilot.js';
import { claimLines, idleLines, studySeconds, type PlanFacts } from './plan-report.js';
import type { Plan } from './plan.js';

const pilot = (metrics: Pilot['metrics']): Pilot => ({
  tokens: 1,
  prompts: 1,
  updates: 1,
  stepSeconds: 1,
  evaluationSeconds: 0,
  startSeconds: 0,
  metrics: { 'time/step-seconds': 1, ...metrics },
});
const change = (path: string) => [{ path, from: 1, to: 2 }];
const plan = {
  variants: [
    { name: 'base', changes: [] },
    { name: 'higher', changes: change('loss.clip') },
    { name: 'punished', changes: change('rewards.length') },
    { name: 'faster', changes: change('optimizer.learningRate') },
  ],
} as unknown as Plan;

test('a variant whose change did nothing in its pilot is named, with the metric that says so', () => {
  const pilots = new Map([
    ['base', pilot({})],
    ['higher', pilot({ 'loss/clip-fraction-high': 0 })],
    ['punished', pilot({ 'rewards/length/touched': 0.5 })],
    ['faster', pilot({})],
  ]);
  expect(idleLines({ plan, pilots })).toEqual([
    '«higher» did nothing in the first step, by loss/clip-fraction-high. If that stays so, no gain of it can be measured.',
  ]);
});

test('above its limit the sign-flip test is said not to be computed', () => {
  expect(claimLines(24, 5).at(-1)).toContain('can agree');
  expect(claimLines(25, 5).at(-1)).toBe('  the exact sign-flip test is not computed: 24 seeds are its limit');
});

test('without pilots nothing is said', () => {
  expect(idleLines({ plan, pilots: new Map() })).toEqual([]);
});

test.each([
  ['as many runs at a time as jobs', 2, 8, 6],
  ['no more than there are runs', 16, 16, 2],
  ['no more than there are cores', 6, 4, 3],
])('the time of a study: %s', (_, jobs, cores, seconds) => {
  const config = { evaluation: { every: 1 } };
  const facts = {
    plan: {
      variants: [
        { name: 'a', config },
        { name: 'b', config },
      ],
    },
    seeds: [1, 2, 3],
    budget: { unit: 'steps', amount: 2 },
    jobs,
    pilots: new Map([
      ['a', pilot({})],
      ['b', pilot({})],
    ]),
  } as unknown as PlanFacts;
  expect(studySeconds(facts, cores)).toBe(seconds);
});
