import { inside, tf, type Correction, type TokenFilter } from '@dapo/core';
import { startOfRun } from '@dapo/core/testing';
import { describe, expect } from 'vitest';
import { clipHigherLoss } from './clip-higher-loss.js';
import { readGolden } from './golden-folder.js';
import { evaluateLoss, type GoldenBatch, type GoldenLoss } from './golden-loss.js';
import { makeInstance, type GoldenPlugin } from './golden-plugins.js';
import { GoldenReport } from './golden-report.js';
import { expectGoldenScalar, expectGoldenTensor, overTokens, type GoldenMatrix } from './golden-tolerance.js';

interface Outcome {
  readonly loss: number;
  readonly grad: GoldenMatrix;
}

interface Weights {
  readonly level: 'token' | 'sequence';
  readonly weights: GoldenMatrix;
}

interface Case extends GoldenBatch {
  readonly name: string;
  readonly behaviour_log_probs: GoldenMatrix;
  readonly 'truncated-importance': readonly (Outcome &
    Weights & {
      readonly cap: number;
      readonly batch_normalize: boolean;
      readonly truncated_fraction: number;
    })[];
  readonly 'masked-importance': readonly (Weights & {
    readonly low: number;
    readonly high: number;
    readonly keep: GoldenMatrix;
    readonly masked_fraction: number;
    readonly weighted: Outcome;
    readonly 'mask only, put-out tokens count': Outcome;
    /** Missing where no token is left. */
    readonly 'mask only, put-out tokens do not count'?: Outcome;
  })[];
  readonly rejection: readonly { readonly option: string; readonly threshold: string }[];
  readonly 'off-policy-sequence-mask': readonly {
    readonly threshold: number;
    /** 1 for each response that stays [R]. */
    readonly keep: readonly number[];
  }[];
}

function matrix(rows: GoldenMatrix): tf.Tensor2D {
  return tf.tensor2d(rows.map((row) => [...row]));
}

function logProbs(golden: Case) {
  return {
    oldLogProbs: matrix(golden.old_log_probs),
    behaviourLogProbs: matrix(golden.behaviour_log_probs),
    mask: matrix(golden.mask),
  };
}

/** The weights and one metric, its mean over the mask. */
async function weigh(
  correction: Correction,
  golden: Case,
  metric: string,
): Promise<{ weights: number[][]; share: number }> {
  const tensors = tf.tidy(() => {
    const inputs = logProbs(golden);
    const { weights, metrics } = correction.weights(inputs);
    return { weights, share: tf.div(tf.sum(inside(metrics![metric]!, inputs.mask)), tf.sum(inputs.mask)) };
  });
  const weights = (await tensors.weights.array()) as number[][];
  const [share] = await tensors.share.data();
  tf.dispose(tensors);
  return { weights, share: share! };
}

async function keepMask(filter: TokenFilter, golden: Case): Promise<number[][]> {
  const selected = tf.tidy(() => {
    const constants = logProbs(golden);
    const policyAge = tf.zerosLike(constants.mask);
    const current = { logProbs: matrix(golden.log_probs), advantages: matrix(golden.advantages) };
    const inputs = { ...constants, ...current, policyAge, progress: startOfRun };
    return tf.mul(inputs.mask, filter.select(inputs));
  });
  const rows = (await selected.array()) as number[][];
  selected.dispose();
  return rows;
}

async function expectLoss(golden: Case, parts: Partial<GoldenLoss>, expected: Outcome, where: string): Promise<void> {
  const result = await evaluateLoss(golden, { ...(await clipHigherLoss()), ...parts });
  await expectGoldenScalar(result.loss, expected.loss, `loss of ${where}`);
  await expectGoldenTensor(result.grad, expected.grad, `gradient of ${where}`);
}

const report = new GoldenReport('corrections.json');

describe.each((readGolden('corrections.json') as { cases: Case[] }).cases)('$name', (golden) => {
  for (const entry of golden['truncated-importance']) {
    const options = { level: entry.level, cap: entry.cap, batchNormalize: entry.batch_normalize };
    const plugin: GoldenPlugin<'correction'> = { kind: 'correction', name: 'truncated-importance', options };
    report.entry(`truncated ${JSON.stringify(options)}`, [plugin], async () => {
      const { weights, share } = await weigh(await makeInstance(plugin), golden, 'truncated-fraction');
      await expectGoldenTensor(weights, entry.weights, 'weights');
      await expectGoldenScalar(share, entry.truncated_fraction, 'truncated fraction');
      await expectLoss(golden, { weights }, entry, 'truncated importance');
    });
  }

  for (const entry of golden['masked-importance']) {
    const options = { level: entry.level, low: entry.low, high: entry.high };
    const correction: GoldenPlugin<'correction'> = { kind: 'correction', name: 'masked-importance', options };
    report.entry(`masked and weighted ${JSON.stringify(options)}`, [correction], async () => {
      const { weights, share } = await weigh(await makeInstance(correction), golden, 'masked-fraction');
      await expectGoldenTensor(weights, entry.weights, 'weights');
      await expectGoldenScalar(share, entry.masked_fraction, 'masked fraction');
      await expectLoss(golden, { weights }, entry.weighted, 'masked importance');
    });

    for (const countsFiltered of [true, false]) {
      const filter: GoldenPlugin<'filter'> = {
        kind: 'filter',
        name: 'masked-importance',
        options: { ...options, countsFiltered },
      };
      report.entry(`masked ${JSON.stringify(filter.options)}`, [filter], async () => {
        const instance = (await makeInstance(filter)) as TokenFilter;
        const keep = await keepMask(instance, golden);
        expect(keep).toEqual(entry.keep);
        const counted = instance.countsFiltered ? golden.mask : keep;
        const outcome =
          entry[countsFiltered ? 'mask only, put-out tokens count' : 'mask only, put-out tokens do not count'];
        if (outcome) await expectLoss(golden, { mask: keep, counted }, outcome, 'masked tokens');
      });
    }
  }

  for (const { option } of golden.rejection) report.entry(`rejection ${option}`, undefined, async () => undefined);
  for (const { threshold, keep } of golden['off-policy-sequence-mask']) {
    const filter: GoldenPlugin<'filter'> = {
      kind: 'filter',
      name: 'off-policy-sequence-mask',
      options: { threshold },
    };
    report.entry(`off-policy-sequence-mask at ${threshold}`, [filter], async () => {
      const instance = (await makeInstance(filter)) as TokenFilter;
      expect(await keepMask(instance, golden)).toEqual(overTokens(keep, golden.mask));
    });
  }
});
