import { beforeAll, expect, test } from 'vitest';
import { Random, tf } from '@dapo/core';
import { startWasm } from '../../../../../test/fixtures/tiny-policy.js';
import { tokenLogProbs } from './token-log-probs.js';

beforeAll(startWasm);

const [COUNT, WIDTH, VOCABULARY] = [4, 6, 9];
const key = new Random(4).key('numbers');
const matrix = (name: string, rows: number): number[][] =>
  Array.from({ length: rows }, (_, r) => Array.from({ length: WIDTH }, (_unused, i) => key.at(name, r).normal(i)));
const [hidden, output] = [matrix('hidden', COUNT), matrix('output', VOCABULARY)];
const targets = [2, 0, 8, 3];

/** Log-probs and entropies in float64. */
function reference(states: number[][], temperature: number): { logProbs: number[]; entropy: number[] } {
  const rows = states.map((state) => {
    const logits = output.map((row) => row.reduce((sum, weight, i) => sum + weight * state[i]!, 0) / temperature);
    const whole = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    return logits.map((logit) => logit - whole);
  });
  return {
    logProbs: rows.map((row, n) => row[targets[n]!]!),
    entropy: rows.map((row) => -row.reduce((sum, logProb) => sum + Math.exp(logProb) * logProb, 0)),
  };
}

function computed(states: tf.Tensor2D, temperature: number): { logProbs: tf.Tensor1D; entropy?: tf.Tensor1D } {
  return tokenLogProbs(states, tf.tensor2d(output), tf.tensor1d(targets, 'int32'), temperature, true);
}

test.each([1, 0.6, 1.5])('log-probs and entropy at temperature %s', async (temperature) => {
  const both = tf.tidy(() => {
    const { logProbs, entropy } = computed(tf.tensor2d(hidden), temperature);
    return tf.stack([logProbs, entropy!]);
  });
  const values = Array.from(await both.data());
  both.dispose();
  const { logProbs, entropy } = reference(hidden, temperature);
  [...logProbs, ...entropy].forEach((value, i) => expect(Math.abs(values[i]! - value)).toBeLessThan(1e-5));
});

test.each(['logProbs', 'entropy'] as const)('the gradient of %s is that of finite differences in float64', async (which) => {
  const gradient = tf.tidy(() =>
    tf.grad((states) => tf.sum(tf.mul(computed(states as tf.Tensor2D, 0.8)[which]!, [1, -2, 3, 0.5])))(tf.tensor2d(hidden)),
  );
  const analytic = Array.from(await gradient.data());
  gradient.dispose();
  const total = (states: number[][]): number =>
    reference(states, 0.8)[which].reduce((sum, value, n) => sum + value * [1, -2, 3, 0.5][n]!, 0);
  const moved = (n: number, i: number, by: number): number =>
    total(hidden.map((row, r) => row.map((value, j) => (r === n && j === i ? value + by : value))));
  const numeric = hidden.flatMap((row, n) => row.map((_, i) => (moved(n, i, 1e-5) - moved(n, i, -1e-5)) / 2e-5));
  numeric.forEach((value, i) => expect(Math.abs(analytic[i]! - value)).toBeLessThan(1e-4));
});
