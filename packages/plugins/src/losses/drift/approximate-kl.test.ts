import { tf } from '@dapo/core';
import { expectAllclose, fixtureLossInputs, instantiate, type AnyPlugin } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import clipCov from '../clip-cov.js';
import klCov from '../kl-cov.js';

test.each([clipCov, klCov] as unknown as AnyPlugin<'loss'>[])(
  '$name reports the KL from the old policy, for the guard kl-spike',
  async (plugin) => {
    const inputs = fixtureLossInputs({
      logProbs: [[Math.log(0.6)]],
      oldLogProbs: [[Math.log(0.3)]],
      advantages: [[1]],
    });
    const loss = await instantiate(plugin);
    const { metrics } = loss.perToken({ ...inputs, prepared: { selected: tf.tensor2d([[0]]) } });
    await expectAllclose(metrics!['approximate-kl']!, [[1 - Math.log(2)]]);
    expect(plugin.metrics).toHaveProperty('approximate-kl');
  },
);
