import { expect, test } from 'vitest';
import {
  Random,
  tf,
  type Group,
  type Prompt,
  type PromptSource,
  type ResolvedConfig,
  type Sampler,
  type SamplerContext,
} from '@dapo/core';
import { expectAllclose, fixtureGroup, fixturePrompt, fixtureResponse } from '@dapo/core/testing';
import curriculum, { chanceOfTrying } from './curriculum.js';
import standard from './standard.js';

/** Prompts 0 to 9 over and over; prompt n is solved n times out of 9. */
class World {
  given = 0;
  readonly tried: number[] = [];
  readonly metrics: Record<string, number> = {};
  readonly warnings: string[] = [];

  constructor(
    private readonly available = Infinity,
    private readonly config = { rollout: { prompts: 10 }, budget: { rolloutSteps: 40 } } as ResolvedConfig,
  ) {}

  sampler(options: object = {}): Sampler {
    const metrics = { record: (name: string, value: number) => void (this.metrics[name] = value) };
    const inner = standard.create({}, { metrics }) as Sampler;
    const logger = { info: () => undefined, warn: (message: string) => void this.warnings.push(message) };
    const deps = { inner, random: new Random(1), metrics, config: this.config, logger };
    return curriculum.create(curriculum.options!.parse(options), deps) as Sampler;
  }

  context(step: number, target = 10): SamplerContext {
    const prompts = {
      size: 10,
      next: (n: number): Promise<Prompt[]> => {
        const count = Math.min(n, this.available - this.given);
        const first = this.given;
        this.given += count;
        return Promise.resolve(
          Array.from({ length: count }, (_, i) =>
            fixturePrompt({ id: String((first + i) % 10), visit: Math.floor((first + i) / 10) }),
          ),
        );
      },
    } as PromptSource;
    const rollout = (asked: readonly Prompt[]): Promise<Group[]> => {
      this.tried.push(...asked.map(({ id }) => Number(id)));
      return Promise.resolve(
        asked.map((prompt) => {
          const responses = Array.from({ length: 9 }, (_, i) => fixtureResponse({ correct: i < Number(prompt.id) }));
          return fixtureGroup(responses, { prompt });
        }),
      );
    };
    return { target, groupSize: 9, step, prompts, rollout };
  }
}

test('the chance is the variance of the outcome, four times, and never below the floor', async () => {
  await expectAllclose(chanceOfTrying(tf.tensor1d([0.5, 0.25, 1, 0]), 0.1), [1, 0.75, 0.1, 0.1]);
});

test('prompts in the middle are tried more often than those at the ends', async () => {
  const world = new World();
  const sampler = world.sampler({ floor: 0.05 });
  for (let step = 0; step < 40; step++) await sampler.next(world.context(step));
  expect(world.tried.slice(0, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const count = (...ids: number[]): number => world.tried.filter((id) => ids.includes(id)).length / ids.length;
  // In proportion to the chances: 4·4/9·5/9 = 0.99 in the middle, 0.05 at the ends.
  expect(count(4, 5) / count(0, 9)).toBeGreaterThan(8);
  expect(world.metrics['skipped']).toBeGreaterThan(0);
  expect(world.metrics['measured-accuracy']).toBeGreaterThan(0.3);
  expect(world.metrics['measured-accuracy']).toBeLessThan(0.7);
});

test('the running accuracy keeps a share of what it was, and lies in the state', async () => {
  const world = new World();
  const sampler = world.sampler({ memory: 0.75 });
  await sampler.restore!({ json: { 9: 0 } });
  await sampler.next(world.context(0));
  await sampler.next(world.context(1));
  const { json } = await sampler.state!();
  expect(json).toMatchObject({ 3: 1 / 3 });
  const nine = (json as Record<string, number>)['9']!;
  expect([0, 0.25, 0.4375]).toContain(nine);
});

test('a run that goes on from a checkpoint chooses the same', async () => {
  const [one, two] = [new World(), new World()];
  const [first, resumed] = [one.sampler(), two.sampler()];
  await first.next(one.context(0));
  await resumed.restore!(JSON.parse(JSON.stringify(await first.state!())));
  two.given = one.given;
  await first.next(one.context(1));
  await resumed.next(two.context(1));
  expect(two.tried).toEqual(one.tried.slice(10));
});

test('prompts that run dry end it', async () => {
  const world = new World(4);
  const { groups } = await world.sampler().next(world.context(0));
  expect(groups).toHaveLength(4);
});

test('a run that meets no prompt twice is told so, once', async () => {
  const short = new World(Infinity, { rollout: { prompts: 5 }, budget: { rolloutSteps: 2 } } as ResolvedConfig);
  const sampler = short.sampler();
  await sampler.next(short.context(0));
  await sampler.next(short.context(1));
  expect(short.warnings).toEqual([
    'the source has 10 prompts and the run tries about 10: no prompt comes twice, so none is chosen by its accuracy',
  ]);
  const long = new World();
  await long.sampler().next(long.context(0));
  expect(long.warnings).toEqual([]);
});
