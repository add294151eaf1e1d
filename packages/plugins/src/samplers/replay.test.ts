import { expect, test } from 'vitest';
import { Random, type Group, type ResolvedConfig, type Sampler, type SamplerContext } from '@dapo/core';
import { fixtureGroup, fixturePrompt, fixtureResponse } from '@dapo/core/testing';
import replay from './replay.js';

const recorded: Record<string, number> = {};

/** Each step gives as many groups as it is asked for, every second one live, and asks for no prompts. */
const inner: Sampler = {
  next: ({ target, step }) =>
    Promise.resolve({
      groups: Array.from({ length: target }, (_, i) => group(`${step}-${i}`, i % 2 === 0)),
      surplus: 0,
    }),
};

function group(id: string, live: boolean): Group {
  const responses = [1, live ? -1 : 1].map((score) => fixtureResponse({ score, reward: score }));
  return fixtureGroup(responses, { prompt: fixturePrompt({ id }) });
}

function sampler(options: object = {}): Sampler {
  const metrics = { record: (name: string, value: number) => void (recorded[name] = value) };
  return replay.create(replay.options!.parse(options), { inner, random: new Random(1), metrics }) as Sampler;
}

const next = async (of: Sampler, step: number, target = 8): Promise<readonly Group[]> =>
  (await of.next({ step, target } as SamplerContext)).groups;
const ids = (groups: readonly Group[]): string[] => groups.map(({ prompt }) => prompt.id);

test('a part of the batch comes from live groups of earlier steps', async () => {
  const replaying = sampler();
  expect(ids(await next(replaying, 0))).toHaveLength(8);
  expect(recorded).toEqual({ 'replayed-share': 0, remembered: 4 });
  const second = ids(await next(replaying, 1));
  expect(second).toHaveLength(8);
  expect(second.slice(0, 6).every((id) => id.startsWith('1-'))).toBe(true);
  for (const id of second.slice(6)) expect(['0-0', '0-2', '0-4', '0-6']).toContain(id);
  expect(recorded).toEqual({ 'replayed-share': 0.25, remembered: 7, age: 1 });
});

test('what a step does to a group is not there when the group comes again', async () => {
  const replaying = sampler({ share: 0.9 });
  for (const { responses } of await next(replaying, 0)) for (const response of responses) response.reward += 5;
  for (let step = 1; step < 4; step++) {
    for (const { responses } of await next(replaying, step)) {
      for (const response of responses) {
        expect(Math.abs(response.reward)).toBe(1);
        response.reward += 5;
      }
    }
  }
});

test('groups that are too old are forgotten', async () => {
  const replaying = sampler({ maxAge: 2 });
  await next(replaying, 0);
  expect(ids(await next(replaying, 3)).every((id) => id.startsWith('3-'))).toBe(true);
});

test('a run that goes on from a checkpoint replays the same', async () => {
  const [one, two] = [sampler(), sampler()];
  await next(one, 0);
  await two.restore!(JSON.parse(JSON.stringify(await one.state!())));
  expect(await next(two, 1)).toEqual(await next(one, 1));
});

test('without a correction against recomputed log-probs it warns', () => {
  const remarks = (correction: object | undefined, oldLogProbs: string): number =>
    replay.check!(
      replay.options!.parse({}),
      { correction, update: { oldLogProbs } } as unknown as ResolvedConfig,
      new Map(),
    ).length;
  expect(remarks({}, 'recomputed')).toBe(0);
  expect(remarks({}, 'behaviour')).toBe(1);
  expect(remarks(undefined, 'recomputed')).toBe(1);
});
