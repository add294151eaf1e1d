import { describe, expect, test } from 'vitest';
import { comparable, trainSmallWorld } from './tabular-run.js';

test('one seed is one run: equal metrics bit for bit; another seed differs', async () => {
  const [once, again, other] = [
    await trainSmallWorld('dapo'),
    await trainSmallWorld('dapo'),
    await trainSmallWorld('dapo', ['seed=2']),
  ].map(comparable);
  expect(once).toEqual(again);
  expect(once).not.toEqual(other);
  expect(once).toHaveLength(3);
});

test('two runs in one process, step by step beside each other, share nothing', async () => {
  const alone = comparable(await trainSmallWorld('dapo'));
  const [beside] = await Promise.all([trainSmallWorld('dapo'), trainSmallWorld('grpo', ['seed=7'])]);
  expect(comparable(beside)).toEqual(alone);
});

/** Each technique is one path of the config (dynamic sampling two). */
describe.each([
  ['Clip-Higher', ['loss.clip=clip']],
  ['Clip-Higher, by its bound', ['loss.clip.high=0.5']],
  ['the clip altogether', ['loss.clip=none']],
  ['Dynamic Sampling', ['sampler=standard', 'filters.outcomes=false']],
  ['the token-level loss', ['aggregation=sequence']],
  ['Overlong Reward Shaping', ['rewards.length=false']],
  ['the shaping for the filter', ['rewards.length=false', 'filters.overlong=overlong']],
  ["the advantage's deviation", ['advantage.ddof=0']],
])('swapping %s', (_, set) => {
  test(`by --set ${set.join(' --set ')} works and changes the result`, async () => {
    const dapo = comparable(await trainSmallWorld('dapo'));
    const swapped = comparable(await trainSmallWorld('dapo', set));
    expect(swapped).toHaveLength(dapo.length);
    expect(swapped.at(-1)!['update/gradient-norm']).not.toBe(dapo.at(-1)!['update/gradient-norm']);
    for (const metrics of swapped) {
      for (const [name, value] of Object.entries(metrics)) expect(Number.isFinite(value), name).toBe(true);
    }
  });
});
