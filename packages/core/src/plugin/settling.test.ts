import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EventBus } from '../events/events.js';
import { callPlugin } from '../training/call-plugin.js';
import { LongWaits } from '../training/long-waits.js';
import { settling } from './settling.js';

const never = (): Promise<never> => new Promise(() => undefined);
const reward = { kind: 'reward', name: 'judge', path: 'rewards.judge' };
/** What Node says when nothing is left that could go on. */
const nothingLeft = (): void => void process.emit('beforeExit', 0);
const listeners = (): number => process.listenerCount('beforeExit');

test('what settles is passed on, and leaves no listener behind', async () => {
  const before = listeners();
  expect(await settling(Promise.resolve(3), { plugin: 'reward a' })).toBe(3);
  await expect(settling(Promise.reject(new Error('no')), { plugin: 'reward a' })).rejects.toThrow('no');
  expect(listeners()).toBe(before);
});

test('a promise that nothing can settle is told with plugin, place and step', async () => {
  const before = listeners();
  const waiting = callPlugin(reward, 2, never);
  nothingLeft();
  await expect(waiting).rejects.toMatchObject({
    code: 'DAPO_PLUGIN_NEVER_SETTLED',
    path: 'rewards.judge',
    message: expect.stringContaining('reward judge gave a promise in rollout step 3') as string,
  });
  expect(listeners()).toBe(before);
});

test('of plugins that wait for each other the innermost is named', async () => {
  const sampler = { kind: 'sampler', name: 'dynamic', path: 'sampler' };
  const waiting = callPlugin(sampler, 0, async () => callPlugin(reward, 0, never));
  nothingLeft();
  await expect(waiting).rejects.toMatchObject({ path: 'rewards.judge' });
});

test('of two that hang each is told, one after the other', async () => {
  const hang = (plugin: string): Promise<never> => settling(never(), { plugin });
  const [first, second] = [hang('reward a'), hang('reward b')];
  nothingLeft();
  await expect(second).rejects.toThrow('reward b gave a promise while it was made that nothing will ever settle.');
  nothingLeft();
  await expect(first).rejects.toThrow('reward a gave');
});

test('a promise of another make is waited for as well', async () => {
  const thenable = { then: (resolve: (value: number) => void) => setTimeout(resolve, 1, 5) };
  expect(await callPlugin(reward, 0, () => thenable as unknown as Promise<number>)).toBe(5);
});

describe('an answer that takes long', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const log: string[] = [];
  const events = new EventBus().on('log', ({ source, message }) => log.push(`${source}: ${message.split('\n')[0]}`));
  beforeEach(() => log.splice(0));

  test('is told of with plugin and step, then after twice the time each, and not once it is there', async () => {
    let answer!: (value: number) => void;
    const waits = new LongWaits(events);
    const waiting = callPlugin({ ...reward, waits }, 2, () => new Promise<number>((resolve) => (answer = resolve)));
    await vi.advanceTimersByTimeAsync(250_000);
    const told = (seconds: number): string =>
      `rewards.judge: reward judge has not answered for ${seconds} s in rollout step 3: still waiting.`;
    expect(log).toEqual([30, 60, 120, 240].map(told));
    answer(7);
    expect(await waiting).toBe(7);
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect(log).toHaveLength(4);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is told of the innermost call, in the log of the plugin around it', async () => {
    const waits = new LongWaits(events);
    const sampler = { kind: 'sampler', name: 'dynamic', path: 'sampler', waits };
    void callPlugin(sampler, 0, async () =>
      callPlugin({ ...reward, waits }, 0, () => settling(never(), { plugin: 'score, for prompt «p7»,', when: 0 })),
    );
    await vi.advanceTimersByTimeAsync(35_000);
    expect(log).toEqual([
      'rewards.judge: score, for prompt «p7», has not answered for 30 s in rollout step 1: still waiting.',
    ]);
  });
});
