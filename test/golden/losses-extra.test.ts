import { tf } from '@dapo/core';
import { describe } from 'vitest';
import { readGolden } from './golden-folder.js';
import { evaluateLoss, type GoldenBatch } from './golden-loss.js';
import { makeInstance, type GoldenPlugin } from './golden-plugins.js';
import { GoldenReport } from './golden-report.js';
import { expectGoldenScalar, expectGoldenTensor, type GoldenMatrix } from './golden-tolerance.js';
import {
  aggregationPlugin,
  clipPlugin,
  klPlugin,
  ratioPlugin,
  selectionPlugin,
  type GoldenNode,
} from './loss-tables.js';

interface Outcome {
  readonly loss: number;
  readonly grad: GoldenMatrix;
}

interface Case extends GoldenBatch {
  readonly name: string;
  readonly expected: readonly (Outcome & {
    readonly ratio: string;
    readonly clip: GoldenNode;
    readonly aggregation: GoldenNode;
    readonly clip_fraction_low?: number;
    readonly clip_fraction_high?: number;
    readonly dual_clip_fraction?: number;
  })[];
  readonly aggregation_weights: readonly {
    readonly aggregation: GoldenNode;
    readonly weights: GoldenMatrix;
  }[];
  readonly kl: readonly (Outcome & { readonly kl: string; readonly values: GoldenMatrix })[];
  readonly selection: readonly (Outcome &
    GoldenNode & { readonly aggregation: GoldenNode; readonly selected_fraction?: number })[];
}

const report = new GoldenReport('losses-extra.json');
const { cases } = readGolden('losses-extra.json') as { cases: Case[] };

/** A list of plugins, or nothing where one has no place in a table. */
function together(...plugins: (GoldenPlugin | undefined)[]): GoldenPlugin[] | undefined {
  return plugins.includes(undefined) ? undefined : (plugins as GoldenPlugin[]);
}

/** A policy gradient out of parts. */
async function policyGradient(parts: Record<string, GoldenPlugin>, options = {}) {
  const instances = await Promise.all(
    Object.entries(parts).map(async ([slot, plugin]) => [slot, await makeInstance(plugin)] as const),
  );
  const plugin = { kind: 'loss', name: 'policy-gradient', options } as const;
  return makeInstance(plugin, Object.fromEntries(instances));
}

async function expectOutcome(
  batch: Case,
  expected: Outcome,
  result: { loss: number; grad: Float32Array },
  where: string,
) {
  await expectGoldenScalar(result.loss, expected.loss, `${batch.name}: loss of ${where}`);
  await expectGoldenTensor(result.grad, expected.grad, `${batch.name}: gradient of ${where}`);
}

describe.each(cases)('$name', (batch) => {
  for (const entry of batch.expected) {
    const where = [entry.ratio, JSON.stringify(entry.clip), JSON.stringify(entry.aggregation)].join(' | ');
    const plugins = together(ratioPlugin(entry.ratio), clipPlugin(entry.clip), aggregationPlugin(entry.aggregation));
    report.entry(where, plugins, async ([ratio, clip, aggregation]) => {
      const loss = await policyGradient({ ratio: ratio!, clip: clip! });
      const weights = await makeInstance(aggregation as GoldenPlugin<'aggregation'>);
      const result = await evaluateLoss(batch, { loss, aggregation: weights });
      await expectOutcome(batch, entry, result, where);
      const fractions = {
        'clip-fraction-low': entry.clip_fraction_low,
        'clip-fraction-high': entry.clip_fraction_high,
        'dual-clip-fraction': entry.dual_clip_fraction,
      };
      for (const [metric, expected] of Object.entries(fractions)) {
        if (expected === undefined || (entry.clip.use === 'none' && expected === 0)) continue;
        await expectGoldenScalar(result.metrics[metric]!, expected, `${metric} of ${where}`);
      }
    });
  }

  for (const { aggregation, weights } of batch.aggregation_weights) {
    const where = `weights of ${JSON.stringify(aggregation)}`;
    report.entry(where, together(aggregationPlugin(aggregation)), async ([plugin]) => {
      const loss = { perToken: ({ logProbs }: { logProbs: tf.Tensor2D }) => ({ loss: logProbs }) };
      const instance = await makeInstance(plugin as GoldenPlugin<'aggregation'>);
      const result = await evaluateLoss(batch, { loss, aggregation: instance });
      await expectGoldenTensor(result.weights, weights, where);
    });
  }

  for (const entry of batch.kl) {
    const where = `kl ${entry.kl}`;
    report.entry(where, together(klPlugin(entry.kl)), async ([plugin]) => {
      const kl = await makeInstance(plugin as GoldenPlugin<'kl-term'>);
      const ratio = await makeInstance(ratioPlugin('token')!);
      const zero = { perToken: ({ ratio: r }: { ratio: tf.Tensor2D }) => tf.zerosLike(r) };
      const loss = await makeInstance(
        { kind: 'loss', name: 'policy-gradient', options: { klCoefficient: 1 } },
        { ratio, clip: zero, kl },
      );
      const aggregation = await makeInstance(aggregationPlugin({ use: 'token' })!);
      await expectOutcome(batch, entry, await evaluateLoss(batch, { loss, aggregation }), where);
    });
  }

  for (const entry of batch.selection) {
    const where = JSON.stringify({ ...entry, grad: undefined, loss: undefined });
    report.entry(
      where,
      together(selectionPlugin(entry), aggregationPlugin(entry.aggregation)),
      async ([plugin, by]) => {
        const loss = await makeInstance(plugin as GoldenPlugin<'loss'>);
        const aggregation = await makeInstance(by as GoldenPlugin<'aggregation'>);
        const result = await evaluateLoss(batch, { loss, aggregation });
        await expectOutcome(batch, entry, result, where);
        if (entry.selected_fraction === undefined) return;
        await expectGoldenScalar(result.metrics['selected-fraction']!, entry.selected_fraction, `selected of ${where}`);
      },
    );
  }
});
