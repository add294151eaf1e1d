import { expect, test } from 'vitest';
import type { RewardFn, RewardItem } from '../contracts/index.js';
import { Random } from '../random/random.js';
import { RandomReward } from '../testing/decorated-reward.js';
import { isPlugin, type Plugin } from './define-plugin.js';
import { tokens } from './tokens.js';

test('a decorated class is a plugin: kind, name, options and dependencies as data', () => {
  expect(isPlugin(RandomReward)).toBe(true);
  const plugin = RandomReward as unknown as Plugin<'reward'>;
  expect([plugin.kind, plugin.name]).toEqual(['reward', 'random-reward']);
  expect(plugin.inject).toEqual({ random: tokens.random });
});

test('its instances get their options and what they asked for', () => {
  const plugin = RandomReward as unknown as Plugin<'reward'>;
  const random = new Random(4);
  const instance = plugin.create({ right: 2 } as never, { random } as never) as RewardFn;
  expect(instance.score([{} as RewardItem], {} as never)).toEqual([2 * random.key('reward').uniform(0)]);
});
