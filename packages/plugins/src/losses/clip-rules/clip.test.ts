import { fixtureLossInputs, expectAllclose, instantiate } from '@dapo/core/testing';
import { optionsSchema, tf, type LossOutputs, type ResolvedConfig } from '@dapo/core';
import { expect, test } from 'vitest';
import clip from './clip.js';

async function lossOf(ratio: number[][], advantages: number[][]): Promise<LossOutputs> {
  const rule = await instantiate(clip);
  const inputs = fixtureLossInputs({ logProbs: ratio, advantages });
  return rule.perToken({ ...inputs, ratio: tf.tensor2d(ratio) }) as LossOutputs;
}

test('the same share of 0.2 stands on both sides by default', async () => {
  const { loss, metrics } = await lossOf([[0.5, 1.1, 1.5]], [[-1, 1, 1]]);
  await expectAllclose(loss, [[0.8, -1.1, -1.2]]);
  await expectAllclose(metrics!['clip-fraction']!, [[1, 0, 1]]);
});

test('a lower bound of 1 or more, or an unknown option, is refused', () => {
  const schema = optionsSchema(clip);
  expect(schema.safeParse({ low: 1 }).success).toBe(false);
  expect(schema.safeParse({ epsilon: 0.2 }).success).toBe(false);
});

test('one update per rollout is a warning: the ratio is 1 and nothing can be clipped', () => {
  const config = (miniBatch: number) =>
    ({ rollout: { prompts: 4, groupSize: 8 }, update: { miniBatch, epochs: 1 } }) as ResolvedConfig;
  expect(clip.check!({ low: 0.2, high: 0.2 }, config(32), new Map())).toMatchObject([{ level: 'warning' }]);
  expect(clip.check!({ low: 0.2, high: 0.2 }, config(16), new Map())).toEqual([]);
});
