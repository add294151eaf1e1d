import { tf, type TokenFilter } from '@dapo/core';
import { startOfRun } from '@dapo/core/testing';
import { describe, expect } from 'vitest';
import { readGolden } from './golden-folder.js';
import { evaluateLoss, type GoldenBatch } from './golden-loss.js';
import { makeInstance, type GoldenPlugin } from './golden-plugins.js';
import { GoldenReport } from './golden-report.js';
import { expectGoldenScalar, expectGoldenTensor, type GoldenMatrix } from './golden-tolerance.js';
import { clipHigherLoss } from './clip-higher-loss.js';

interface Outcome {
  readonly loss: number;
  readonly grad: GoldenMatrix;
}

interface Case extends GoldenBatch {
  readonly name: string;
  readonly entropy: GoldenMatrix;
  readonly expected: readonly {
    readonly share: number;
    readonly keep: GoldenMatrix;
    readonly 'denominator: all tokens': Outcome;
    readonly 'denominator: kept tokens': Outcome;
  }[];
}

function matrix(rows: GoldenMatrix): tf.Tensor2D {
  return tf.tensor2d(rows.map((row) => [...row]));
}

async function keepMask(filter: TokenFilter, golden: Case): Promise<number[][]> {
  const selected = tf.tidy(() => {
    const mask = matrix(golden.mask);
    const oldLogProbs = matrix(golden.old_log_probs);
    const inputs = {
      mask,
      oldLogProbs,
      behaviourLogProbs: oldLogProbs,
      advantages: matrix(golden.advantages),
      policyAge: tf.zerosLike(mask),
      entropy: matrix(golden.entropy),
      progress: startOfRun,
    };
    return tf.mul(mask, filter.select(inputs)) as tf.Tensor2D;
  });
  const rows = (await selected.array()) as number[][];
  selected.dispose();
  return rows;
}

const report = new GoldenReport('token-filters.json');

describe.each((readGolden('token-filters.json') as { cases: Case[] }).cases)('$name', (golden) => {
  for (const entry of golden.expected) {
    for (const countsFiltered of [true, false]) {
      const { share } = entry;
      const outcome = entry[countsFiltered ? 'denominator: all tokens' : 'denominator: kept tokens'];
      const plugin: GoldenPlugin<'filter'> = {
        kind: 'filter',
        name: 'high-entropy',
        options: { share, countsFiltered },
      };
      const where = `share ${share}, put-out tokens ${countsFiltered ? '' : 'do not '}count`;
      report.entry(where, [plugin], async () => {
        const filter = (await makeInstance(plugin)) as TokenFilter;
        const keep = await keepMask(filter, golden);
        expect(keep).toEqual(entry.keep);
        const result = await evaluateLoss(golden, {
          ...(await clipHigherLoss()),
          mask: keep,
          counted: filter.countsFiltered ? golden.mask : keep,
        });
        await expectGoldenScalar(result.loss, outcome.loss, where);
        await expectGoldenTensor(result.grad, outcome.grad, where);
      });
    }
  }
});
