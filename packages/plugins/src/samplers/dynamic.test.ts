import { expect, test } from 'vitest';
import fc from 'fast-check';
import type { Group, Prompt, ResolvedConfig, Sampler, SamplerContext } from '@dapo/core';
import { fixtureResponse } from '@dapo/core/testing';
import dynamic from './dynamic.js';
import { describeExhaustion } from './dynamic/exhaustion.js';
import { LiveShare, promptsToTry } from './dynamic/live-share.js';

/** Prompts 0, 1, 2, …, of which `live` says which give a group that is kept; `available` of them exist. */
class World {
  readonly asked: number[] = [];
  readonly seen: Group[] = [];
  readonly metrics: Record<string, number> = {};
  private given = 0;

  constructor(
    private readonly live: (n: number) => boolean,
    private readonly available = Infinity,
    private readonly shuffle = false,
  ) {}

  sampler(options: object = {}): Sampler {
    const metrics = { record: (name: string, value: number) => void (this.metrics[name] = value) };
    return dynamic.create(dynamic.options!.parse(options), { metrics }) as Sampler;
  }

  context(target: number): SamplerContext {
    const next = (n: number): Promise<Prompt[]> => {
      const count = Math.min(n, this.available - this.given);
      const prompts = Array.from({ length: count }, (_, i) => prompt(this.given + i));
      this.given += count;
      return Promise.resolve(prompts);
    };
    const rollout = (prompts: readonly Prompt[]): Promise<Group[]> => {
      this.asked.push(prompts.length);
      const groups = prompts.map((p) => group(p, this.live(Number(p.id))));
      this.seen.push(...groups);
      return Promise.resolve(this.shuffle ? [...groups].reverse() : groups);
    };
    return {
      target,
      groupSize: 2,
      step: 4,
      prompts: { next } as unknown as SamplerContext['prompts'],
      rollout,
    };
  }
}

function prompt(n: number): Prompt {
  return { id: String(n), input: '', columns: {}, visit: 0 };
}

function group(of: Prompt, live: boolean): Group {
  const right = Number(of.id) % 2 === 0 ? 1 : -1;
  const responses = [right, live ? -right : right].map((score) => fixtureResponse({ score }));
  const verdict = live ? ('keep' as const) : ('drop' as const);
  const reason = live ? undefined : right === 1 ? 'all right' : 'all wrong';
  return { prompt: of, promptTokens: new Int32Array(0), responses, round: 0, verdict, reason };
}

const ids = (groups: readonly Group[]): number[] => groups.map(({ prompt: { id } }) => Number(id));

test('asks again until the batch is full, and for as many as the live share needs', async () => {
  const world = new World((n) => n % 4 === 0);
  const { groups, surplus } = await world.sampler().next(world.context(8));
  expect(world.asked).toEqual([8, 16, 8]);
  expect(ids(groups)).toEqual([0, 4, 8, 12, 16, 20, 24, 28]);
  expect(surplus).toBe(0);
  expect(world.metrics).toEqual({
    rounds: 3,
    'prompts-tried': 32,
    'live-share': 0.25,
    kept: 8,
    carried: 0,
    'stale-share': 0,
  });
});

test('the estimate carries over to the next step and through a checkpoint', async () => {
  const world = new World((n) => n % 2 === 0);
  const sampler = world.sampler();
  await sampler.next(world.context(8));
  const saved = JSON.parse(JSON.stringify(await sampler.state!()));
  const again = new World((n) => n % 2 === 0);
  const resumed = again.sampler();
  await resumed.restore!(saved);
  await resumed.next(again.context(8));
  expect(again.asked[0]).toBe(16);
});

test('surplus is cut off in prompt order, however the generator orders its groups', async () => {
  const world = new World((n) => n !== 0, Infinity, true);
  const { groups, surplus } = await world.sampler().next(world.context(3));
  expect(world.asked).toEqual([3, 2]);
  expect(ids(groups)).toEqual([1, 2, 3]);
  expect(surplus).toBe(1);
});

test('carried surplus is what the next batch begins with, through a checkpoint as well', async () => {
  const world = new World((n) => n !== 0);
  const sampler = world.sampler({ surplus: 'carry', maxPromptsPerRound: 4 });
  const first = await sampler.next(world.context(3));
  expect(ids(first.groups)).toEqual([1, 2, 3]);
  expect(first.surplus).toBe(1);
  expect(world.metrics).toMatchObject({ carried: 1, 'stale-share': 0 });

  const resumed = world.sampler({ surplus: 'carry' });
  await resumed.restore!(JSON.parse(JSON.stringify(await sampler.state!())));
  const { groups } = await resumed.next(world.context(3));
  expect(ids(groups)).toEqual([4, 5, 6]);
  expect(groups[0]).toEqual(world.seen[4]);
  expect(world.metrics).toMatchObject({ kept: 3, 'stale-share': 1 / 3 });
});

test('never is a whole batch carried: every step generates', async () => {
  const world = new World((n) => n > 3);
  const sampler = world.sampler({ surplus: 'carry', maxPromptsPerRound: 100 });
  const { surplus } = await sampler.next(world.context(2));
  expect(surplus).toBe(96);
  expect(world.metrics).toMatchObject({ carried: 1 });
});

test('a batch that has become smaller leaves carried groups for the next one, in their order, and generates', async () => {
  const world = new World((n) => n > 7);
  const sampler = world.sampler({ surplus: 'carry', maxPromptsPerRound: 100 });
  await sampler.next(world.context(8));
  expect(world.metrics).toMatchObject({ carried: 7 });
  const rounds = world.asked.length;
  const small = await sampler.next(world.context(4));
  expect(ids(small.groups).slice(0, 3)).toEqual([16, 17, 18]);
  expect(small.groups).toHaveLength(4);
  expect(world.asked.length).toBeGreaterThan(rounds);
  const next = await sampler.next(world.context(8));
  expect(ids(next.groups).slice(0, 4)).toEqual([19, 20, 21, 22]);
  expect(next.groups).toHaveLength(8);
});

test('giving up: an error that says why', async () => {
  const world = new World((n) => n === 1);
  const sampler = world.sampler({ maxRounds: 2, maxPromptsPerRound: 4, onExhaustion: 'error' });
  await expect(sampler.next(world.context(4))).rejects.toThrow(
    'step 5: 1 of 4 groups (rounds: 2, prompts: 8); dropped: all right 4, all wrong 3',
  );
});

test('giving up: train on what there is, or fill up with groups of equal scores', async () => {
  const partial = new World((n) => n === 1);
  const batch = await partial.sampler({ maxRounds: 2 }).next(partial.context(4));
  expect(ids(batch.groups)).toEqual([1]);
  expect(batch.exhausted).toMatch(/^1 of 4 groups \(rounds: 2/);

  const zero = new World((n) => n === 1);
  const filled = await zero.sampler({ maxRounds: 2, onExhaustion: 'keep-zero' }).next(zero.context(4));
  expect(ids(filled.groups)).toEqual([0, 1, 2, 3]);
  expect(filled.groups.every(({ verdict, reason }) => verdict === 'keep' && reason === undefined)).toBe(true);
});

test('prompts that run dry end it, and accepted groups are not lost', async () => {
  const world = new World(() => true, 3);
  const batch = await world.sampler().next(world.context(5));
  expect(ids(batch.groups)).toEqual([0, 1, 2]);
  expect(batch.exhausted).toBe('3 of 5 groups (rounds: 1, prompts: 3, and the prompts ran dry); dropped: none');
});

test('every group seen is in the batch, in the surplus or dropped with a reason', async () => {
  const settings = fc.record({
    live: fc.integer({ min: 1, max: 9 }),
    target: fc.integer({ min: 1, max: 12 }),
    available: fc.integer({ min: 0, max: 60 }),
    onExhaustion: fc.constantFrom('train-partial', 'keep-zero'),
  });
  await fc.assert(
    fc.asyncProperty(settings, async ({ live, target, available, onExhaustion }) => {
      const world = new World((n) => n % live === 0, available);
      const { groups, surplus } = await world.sampler({ onExhaustion, maxRounds: 3 }).next(world.context(target));
      const dropped = world.seen.filter(({ verdict, reason }) => verdict === 'drop' && reason).length;
      expect(groups.length + surplus + dropped).toBe(world.seen.length);
      expect(groups.length).toBeLessThanOrEqual(target);
    }),
  );
});

test('a share of nothing asks for the most there may be', () => {
  const share = new LiveShare();
  share.add(0, 10);
  expect(promptsToTry(5, share.value, 20)).toBe(20);
});

test('the reason counts what it has no name for', () => {
  const groups = [{ ...group(prompt(0), false), reason: undefined }];
  expect(describeExhaustion({ groups, rounds: 1, dry: false }, 2)).toMatch(/dropped: no reason given 1$/);
});

test('dynamic sampling without a filter is remarked upon', () => {
  const config = (filters: object): ResolvedConfig => ({ filters }) as unknown as ResolvedConfig;
  const settings = dynamic.options!.parse({});
  expect(dynamic.check!(settings, config({}), new Map())).toHaveLength(1);
  expect(dynamic.check!(settings, config({ outcomes: {} }), new Map())).toHaveLength(0);
});
