import { registerZeroGradients, tf, type LossInputs, type LossOutputs } from '@dapo/core';
import { expectAllclose, fixtureLossInputs, instantiate, type LossMatrices } from '@dapo/core/testing';
import { beforeAll, expect, test } from 'vitest';
import clip from './clip-rules/clip.js';
import none from './clip-rules/none.js';
import k2 from './kl-terms/k2.js';
import policyGradient, { policyGradient as terms } from './policy-gradient.js';
import token from './ratio-levels/token.js';

beforeAll(registerZeroGradients);

const batch: LossMatrices = {
  logProbs: [[Math.log(0.6), Math.log(0.2)]],
  oldLogProbs: [[Math.log(0.3), Math.log(0.2)]],
  advantages: [[1, -1]],
  entropy: [[0.5, 2]],
  signals: { 'reference-log-probs': [[Math.log(0.6), Math.log(0.2) - 2]] },
};

async function lossOf(options: Record<string, number>, parts: Record<string, unknown>): Promise<LossOutputs> {
  const loss = await instantiate(policyGradient, options, { ratio: await instantiate(token), ...parts });
  return loss.perToken(fixtureLossInputs(batch) as LossInputs);
}

test('the loss is the surrogate, plus β · kl, less α · entropy', async () => {
  const settings = { klCoefficient: 0.1, entropyBonus: 0.01 };
  const kl = tf.tensor1d([2, 4]);
  const loss = terms({ surrogate: tf.tensor1d([1, -1]), kl, entropy: tf.tensor1d([10, 20]) }, settings);
  await expectAllclose(loss, [1.1, -0.8]);
});

test('it is put together from its parts', async () => {
  const { loss } = await lossOf({ klCoefficient: 0.5 }, { clip: await instantiate(none), kl: await instantiate(k2) });
  await expectAllclose(loss, [[-2, 1 + 0.5 * 2]]);
});

test('metrics are the raw ratio, the approximate KL and what the clip rule reports', async () => {
  const { loss, metrics } = await lossOf({}, { clip: await instantiate(clip) });
  await expectAllclose(loss, [[-1.2, 1]]);
  await expectAllclose(metrics!['ratio-max']!, [[2, 1]]);
  await expectAllclose(metrics!['approximate-kl']!, [[1 - Math.log(2), 0]]);
  await expectAllclose(metrics!['clip-fraction']!, [[1, 0]]);
  expect(metrics).not.toHaveProperty('reference-kl');
});

test('every metric that it gives itself is declared', async () => {
  const { metrics } = await lossOf({}, { clip: await instantiate(none), kl: await instantiate(k2) });
  expect(Object.keys(policyGradient.metrics!).sort()).toEqual(Object.keys(metrics!).sort());
});

test('entropy is needed only where it is rewarded', () => {
  const needs = policyGradient.needs as (options: { klCoefficient: number; entropyBonus: number }) => readonly string[];
  expect(needs({ klCoefficient: 0, entropyBonus: 0 })).toEqual([]);
  expect(needs({ klCoefficient: 0, entropyBonus: 0.01 })).toEqual(['entropy']);
});
