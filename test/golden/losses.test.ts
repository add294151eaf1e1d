import { tf } from '@dapo/core';
import { describe } from 'vitest';
import { readGolden } from './golden-folder.js';
import { evaluateLoss, type GoldenBatch } from './golden-loss.js';
import { makeInstance, type GoldenPlugin } from './golden-plugins.js';
import { GoldenReport } from './golden-report.js';
import { expectGoldenScalar, expectGoldenTensor, overTokens, type GoldenMatrix } from './golden-tolerance.js';
import { aggregationPlugin, clipPlugin, klPlugin, ratioPlugin } from './loss-tables.js';

interface Case extends Omit<GoldenBatch, 'advantages'> {
  /** Of each response. */
  readonly advantages: readonly number[];
  readonly expected: Readonly<Record<string, Outcome>>;
}

interface Outcome {
  readonly loss: number;
  readonly grad: GoldenMatrix;
  readonly clip_fraction?: number;
  readonly dual_clip_fraction?: number;
}

interface Parts {
  readonly ratio: GoldenPlugin;
  /** undefined: the KL term alone. */
  readonly clip?: GoldenPlugin;
  readonly kl?: GoldenPlugin;
  readonly aggregation: GoldenPlugin<'aggregation'>;
  /** Responses in each group. */
  readonly groupSize: number;
}

/** Words like «low=0.2» → numbers by name. */
function numbersOf(words: readonly string[]): Record<string, number> {
  return Object.fromEntries(words.map((word) => word.split('=')).map(([name, value]) => [name, Number(value)]));
}

/** «clip low=0.2 high=0.2 | constant L=18» → our parts. */
function parseKey(key: string): Parts | undefined {
  const [rule, by] = key.split(' | ').map((part) => part.split(' '));
  const [name, ...options] = rule!;
  const [use, ...sizes] = by!;
  const { L: length, G: groupSize = 1 } = numbersOf(sizes);
  const aggregation = aggregationPlugin({ use: use!, ...(length !== undefined && { length }) });
  const ratio = ratioPlugin(name === 'gspo' ? 'sequence-token' : 'token');
  if (!aggregation || !ratio) return undefined;
  if (name === 'kl') {
    const kl = klPlugin(options[0]!);
    return kl && { ratio, kl, aggregation, groupSize };
  }
  const clip = clipPlugin({ use: name === 'gspo' ? 'clip' : name!, ...numbersOf(options) });
  return clip && { ratio, clip, aggregation, groupSize };
}

async function lossOf({ ratio, clip, kl }: Parts) {
  const zero = { perToken: ({ ratio: r }: { ratio: tf.Tensor2D }) => tf.zerosLike(r) };
  return makeInstance(
    { kind: 'loss', name: 'policy-gradient', options: { klCoefficient: 1 } },
    {
      ratio: await makeInstance(ratio),
      clip: clip ? await makeInstance(clip) : zero,
      kl: kl && (await makeInstance(kl)),
    },
  );
}

const report = new GoldenReport('losses.json');
const { cases } = readGolden('losses.json') as { cases: Case[] };

describe.each(cases.map((golden, i) => ({ golden, i })))('case $i', ({ golden }) => {
  for (const [key, outcome] of Object.entries(golden.expected)) {
    const parts = parseKey(key);
    const plugins = parts && [parts.ratio, parts.clip, parts.kl, parts.aggregation].filter((p) => p !== undefined);
    report.entry(key, plugins, async () => {
      const { aggregation, groupSize } = parts!;
      const batch: GoldenBatch = {
        ...golden,
        advantages: overTokens(
          golden.advantages,
          golden.mask.map((row) => row.map(() => 1)),
        ),
        groups: golden.mask.map((_, r) => Math.floor(r / groupSize)),
      };
      const instances = { loss: await lossOf(parts!), aggregation: await makeInstance(aggregation) };
      const result = await evaluateLoss(batch, instances);
      await expectGoldenScalar(result.loss, outcome.loss, `loss of ${key}`);
      await expectGoldenTensor(result.grad, outcome.grad, `gradient of ${key}`);
      const fractions = {
        'clip-fraction': outcome.clip_fraction,
        'dual-clip-fraction': outcome.dual_clip_fraction,
      };
      for (const [metric, expected] of Object.entries(fractions)) {
        if (expected === undefined || !(metric in result.metrics)) continue;
        await expectGoldenScalar(result.metrics[metric]!, expected, `${metric} of ${key}`);
      }
    });
  }
});
