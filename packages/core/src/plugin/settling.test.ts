import { expect, test } from 'vitest';
import { pluginNeverSettled } from '../errors/run-errors.js';
import { callPlugin } from '../training/call-plugin.js';
import { settling } from './settling.js';

const never = (): Promise<never> => new Promise(() => undefined);
const reward = { kind: 'reward', name: 'judge', path: 'rewards.judge' };
/** What Node says when nothing is left that could go on. */
const nothingLeft = (): void => void process.emit('beforeExit', 0);
const listeners = (): number => process.listenerCount('beforeExit');

test('what settles is passed on, and leaves no listener behind', async () => {
  const before = listeners();
  const unsettled = (): never => {
    throw new Error('asked for an error that is not due');
  };
  expect(await settling(Promise.resolve(3), unsettled)).toBe(3);
  await expect(settling(Promise.reject(new Error('no')), unsettled)).rejects.toThrow('no');
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
  const hang = (name: string): Promise<never> => settling(never(), () => pluginNeverSettled(name));
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
