import { expect, test } from 'vitest';
import { EventBus, type EventName, type Events, type Group, type Run } from '@dapo/core';
import { Phase } from './phase.js';

/** What the phase asks of a run, and a bus to speak on. */
function fakeRun(): { run: Run; bus: EventBus; at: (step: number) => void } {
  const bus = new EventBus();
  const facts = { step: 0 };
  const config = {
    budget: { rolloutSteps: 4 },
    rollout: { prompts: 8 },
    update: { miniBatch: 4, epochs: 2 },
    evaluation: { every: 2 },
  };
  const run = {
    config,
    get step() {
      return facts.step;
    },
    on: (event: EventName, listener: never) => void bus.on(event, listener),
  };
  return { run: run as unknown as Run, bus, at: (step) => (facts.step = step) };
}

const groups = [
  { responses: Array.from({ length: 6 }) },
  { responses: Array.from({ length: 6 }) },
] as unknown as Group[];

test('the status line follows a run through its step', () => {
  const { run, bus, at } = fakeRun();
  let drawn = 0;
  const phase = new Phase(run, () => (drawn += 1));
  const seen = (): string => phase.describe().split(' · ').slice(0, 2).join(' · ');
  const emit = <E extends EventName>(event: E, payload: Events[E]): string => {
    bus.emit(event, payload);
    return seen();
  };
  expect(emit('run:started', { rolloutSteps: 4, fromStep: 0 })).toBe('step 0/4 · evaluating');
  expect(emit('evaluation:finished', { step: 0, metrics: {} })).toBe('step 1/4 · generating, round 1, 0 of 8 groups');
  expect(emit('rollout:round', { step: 0, round: 0, groups: 8, kept: 5 })).toBe(
    'step 1/4 · generating, round 2, 5 of 8 groups',
  );
  expect(emit('rollout:finished', { step: 0, groups })).toBe('step 1/4 · update 1 of 6');
  expect(emit('update:finished', { step: 0, update: 0, metrics: {} })).toBe('step 1/4 · update 2 of 6');
  at(1);
  expect(emit('step:finished', { step: 1, metrics: { 'time/eta-seconds': 90 } })).toBe(
    'step 2/4 · generating, round 1, 0 of 8 groups',
  );
  expect(phase.describe()).toMatch(/, about 1m30s left$/);
  at(2);
  expect(emit('step:finished', { step: 2, metrics: {} })).toBe('step 2/4 · evaluating');
  expect(drawn).toBe(7);
});

test('a run that is to stop says so first', () => {
  const { run } = fakeRun();
  const phase = new Phase(run, () => undefined);
  phase.stop();
  expect(phase.describe()).toMatch(/^stopping after this step · step 1\/4/);
});
