import { beforeAll, describe, expect, test } from 'vitest';
import { Random, tf } from '@dapo/core';
import { relativeDistance } from '@dapo/core/testing';
import { bothForms } from '../../../../../test/fixtures/both-forms.js';
import { startWasm } from '../../../../../test/fixtures/tiny-policy.js';
import { chunkedLogProbs, LOGITS_AT_ONCE } from './chunked-log-probs.js';
import { tempered } from './log-softmax.js';
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

test.each(['logProbs', 'entropy'] as const)(
  'the gradient of %s is that of finite differences in float64',
  async (which) => {
    const gradient = tf.tidy(() =>
      tf.grad((states) => tf.sum(tf.mul(computed(states as tf.Tensor2D, 0.8)[which]!, [1, -2, 3, 0.5])))(
        tf.tensor2d(hidden),
      ),
    );
    const analytic = Array.from(await gradient.data());
    gradient.dispose();
    const total = (states: number[][]): number =>
      reference(states, 0.8)[which].reduce((sum, value, n) => sum + value * [1, -2, 3, 0.5][n]!, 0);
    const moved = (n: number, i: number, by: number): number =>
      total(hidden.map((row, r) => row.map((value, j) => (r === n && j === i ? value + by : value))));
    const numeric = hidden.flatMap((row, n) => row.map((_, i) => (moved(n, i, 1e-5) - moved(n, i, -1e-5)) / 2e-5));
    numeric.forEach((value, i) => expect(Math.abs(analytic[i]! - value)).toBeLessThan(1e-4));
  },
);

describe.each([[1], [19], [27], [1000]])('in chunks of %d logits', (whole) => {
  const chunked = (states: tf.Tensor2D, weights: tf.Tensor2D, withEntropy = true): tf.Tensor2D =>
    chunkedLogProbs(tempered(states, 0.8), weights, tf.tensor1d(targets, 'int32'), withEntropy, whole);

  test('values are those of float64, and gradients those of the form in one piece', async () => {
    const before = tf.memory().numTensors;
    const upstream = Array.from({ length: COUNT }, (_, n) => [1 + n, 0.7 - n]);
    const [value, ...gradients] = tf.tidy(() => {
      const inputs = [tf.tensor2d(hidden), tf.tensor2d(output)];
      const inOnePiece = (states: tf.Tensor, weights: tf.Tensor): tf.Tensor => {
        const { logProbs, entropy } = tokenLogProbs(
          states as tf.Tensor2D,
          weights as tf.Tensor2D,
          tf.tensor1d(targets, 'int32'),
          0.8,
          true,
        );
        return tf.stack([logProbs, entropy!], 1);
      };
      const ours = tf.grads((states, weights) => chunked(states as tf.Tensor2D, weights as tf.Tensor2D))(
        inputs,
        tf.tensor2d(upstream),
      );
      const others = tf.grads(inOnePiece)(inputs, tf.tensor2d(upstream));
      const withoutEntropy = tf.tensor2d(upstream.map(([a]) => [a!, 0]));
      ours.push(
        ...tf.grads((states, weights) => chunked(states as tf.Tensor2D, weights as tf.Tensor2D, false))(
          inputs,
          tf.tensor2d(upstream.map(([a]) => [a!])),
        ),
      );
      others.push(...tf.grads(inOnePiece)(inputs, withoutEntropy));
      return [
        chunked(inputs[0] as tf.Tensor2D, inputs[1] as tf.Tensor2D),
        ...ours.map((ofOurs, i) => tf.sub(ofOurs, others[i]!)),
      ];
    });
    const { logProbs, entropy } = reference(hidden, 0.8);
    const values = await value!.data();
    logProbs.forEach((of, n) => expect(Math.abs(values[2 * n]! - of)).toBeLessThan(1e-5));
    entropy.forEach((of, n) => expect(Math.abs(values[2 * n + 1]! - of)).toBeLessThan(1e-5));
    for (const difference of gradients) expect(Math.max(...(await difference.data()).map(Math.abs))).toBeLessThan(1e-5);
    tf.dispose([value!, ...gradients]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

test.each([true, false])(
  'over a large vocabulary both forms have one gradient, entropies asked for: %s',
  async (also) => {
    const [count, vocabulary] = [3, 1_500_000];
    expect(count * vocabulary).toBeGreaterThan(LOGITS_AT_ONCE);
    const states = tf.tensor2d(hidden.slice(0, count).map((row) => row.slice(0, 2)));
    const weights = tf.tensor2d(
      Float32Array.from({ length: 2 * vocabulary }, (_, i) => Math.sin(i)),
      [vocabulary, 2],
    );
    const ids = tf.tensor1d([5, 1_000_000, 77], 'int32');
    const [fused, generic] = await bothForms('wasm', async () => {
      const gradient = tf.tidy(() =>
        tf.grad((x) => {
          const { logProbs, entropy } = tokenLogProbs(x as tf.Tensor2D, weights, ids, 0.8, also);
          return tf.sum(tf.mul(entropy ? tf.add(logProbs, entropy) : logProbs, [1, -2, 3]));
        })(states),
      );
      const values = await gradient.data();
      gradient.dispose();
      return values;
    });
    expect(relativeDistance(generic, fused)).toBeLessThan(1e-4);
    tf.dispose([states, weights, ids]);
  },
);
