import { tf } from '@dapo/core';
import { fixtureAdvantageInputs } from '@dapo/core/testing';
import { describe } from 'vitest';
import { readGolden } from './golden-folder.js';
import { makeInstance, type GoldenPlugin } from './golden-plugins.js';
import { GoldenReport } from './golden-report.js';
import { expectGoldenTensor, type GoldenMatrix } from './golden-tolerance.js';

interface Entry {
  readonly use: string;
  readonly advantages: GoldenMatrix;
  readonly [option: string]: unknown;
}

interface Case {
  readonly name: string;
  readonly groups: readonly number[];
  readonly mask: GoldenMatrix;
  readonly token_rewards: GoldenMatrix;
  readonly expected: readonly Entry[];
}

/**
 * Golden name → plugin, the options that it takes from the entry, and those that the name itself stands for.
 */
const table: Readonly<
  Record<string, { name: string; takes: readonly string[]; fixed?: Readonly<Record<string, unknown>> }>
> = {
  'reinforce++': { name: 'batch-norm', takes: ['gamma'] },
  'reinforce++-baseline': { name: 'batch-norm', takes: [], fixed: { baseline: 'group' } },
  'group-norm': { name: 'group-norm', takes: ['ddof', 'eps', 'scale'] },
  'group-center': { name: 'group-center', takes: [] },
  'leave-one-out': { name: 'leave-one-out', takes: [] },
  'optimal-baseline': { name: 'optimal-baseline', takes: [] },
  'pass-at-k': { name: 'pass-at-k', takes: ['norm', 'ddof', 'eps'] },
};

function pluginOf(entry: Entry): GoldenPlugin<'advantage'> | undefined {
  const row = table[entry.use];
  if (!row) return undefined;
  const taken = row.takes.filter((key) => key in entry).map((key) => [key, entry[key]]);
  return { kind: 'advantage', name: row.name, options: { ...Object.fromEntries(taken), ...row.fixed } };
}

/** The rewards of each group: what its responses' token rewards come to. */
function rewardsByGroup({ groups, token_rewards: rewards }: Case): number[][] {
  const sums: number[][] = [];
  groups.forEach((group, r) => (sums[group] ??= []).push(rewards[r]!.reduce((a, b) => a + b, 0)));
  return sums;
}

/** [B, G] spread over tokens as the engine does; [R, T] as it is. */
function overTokens(estimated: tf.Tensor, golden: Case): tf.Tensor {
  const { mask, groups } = golden;
  if (estimated.shape[0] === mask.length && estimated.shape[1] === mask[0]!.length) return estimated;
  const places = groups.map((group, r) => group * estimated.shape[1]! + r - groups.indexOf(group));
  const perResponse = tf.gather(tf.reshape(estimated, [-1]), tf.tensor1d(places, 'int32'));
  return tf.mul(tf.expandDims(perResponse, 1), mask as number[][]);
}

const report = new GoldenReport('advantages-per-token.json');

describe.each((readGolden('advantages-per-token.json') as { cases: Case[] }).cases)('$name', (golden) => {
  for (const entry of golden.expected) {
    const { advantages, source: _, returns: __, unwhitened: ___, ...settings } = entry;
    const plugin = pluginOf(entry);
    const where = plugin ? JSON.stringify(settings) : entry.use;
    report.entry(where, plugin && [plugin], async () => {
      const estimator = await makeInstance(plugin!);
      const result = tf.tidy(() => {
        const matrices = {
          rewards: rewardsByGroup(golden),
          mask: golden.mask,
          tokenRewards: golden.token_rewards,
        };
        return overTokens(estimator.estimate(fixtureAdvantageInputs(matrices)), golden);
      });
      await expectGoldenTensor(result, advantages, where);
      result.dispose();
    });
  }
});
