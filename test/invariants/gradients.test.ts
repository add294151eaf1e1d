import { beforeAll, describe, expect, test } from 'vitest';
import { tf, type ClipRule, type KlTerm, type Kind, type LossFn, type Plugin, type RatioLevel } from '@dapo/core';
import { finiteDifference, fixtureLossInputs, instantiate, relativeDistance } from '@dapo/core/testing';
import manifest from '@dapo/plugins';
import { startGoldenBackend } from '../golden/golden-backend.js';

beforeAll(startGoldenBackend);

const MASK = [
  [1, 1, 1, 1],
  [1, 1, 0, 1],
];
const AT = [
  [-1, -2, -0.5, -1.5],
  [-0.7, -1.2, -3, -0.3],
];
/** log-ratios: inside the bounds, beyond each of them and beyond a dual clip's, none within 0.02 of a corner. */
const LOG_RATIOS = [
  [0.05, 0.5, -0.5, 1.4],
  [-0.1, 0.7, 0, -0.6],
];
const OLD = AT.map((row, r) => row.map((value, t) => value - LOG_RATIOS[r]![t]!));
const REFERENCE = [
  [-1.4, -1.3, -0.9, -1.1],
  [-0.2, -1.6, -2, -0.9],
];
const ADVANTAGES = [
  [1, -0.7, 0.4, -1.2],
  [-0.8, 1.5, 2, 0.6],
];
/** Different on each token, so that no two errors cancel. */
const WEIGHTS = [
  [0.3, 0.7, 1.1, 0.2],
  [0.9, 0.5, 0.4, 1.3],
];

type Rule = (logProbs: tf.Tensor2D) => tf.Tensor;

const inputs = (logProbs: tf.Tensor2D) =>
  fixtureLossInputs({
    logProbs,
    oldLogProbs: OLD,
    advantages: ADVANTAGES,
    mask: MASK,
    entropy: REFERENCE.map((row) => row.map((v) => -v)),
    signals: { 'reference-log-probs': REFERENCE },
  });
const ratioOf = (logProbs: tf.Tensor2D): tf.Tensor2D => tf.exp(tf.sub(logProbs, OLD)) as tf.Tensor2D;
const start = (): tf.Tensor2D => tf.tensor2d(AT);

/** Σ weight · value over the mask. */
const total =
  (rule: Rule) =>
  (x: tf.Tensor): tf.Tensor =>
    tf.sum(tf.mul(tf.mul(rule(x as tf.Tensor2D), WEIGHTS), MASK));

/** The gradient of `rule` is within 1e-2 of the norm of central differences of `differentiated`. */
async function expectGradient(rule: Rule, differentiated: Rule = rule): Promise<void> {
  const x = start();
  const gradient = tf.tidy(() => tf.grad(total(rule))(x));
  const [ours, theirs] = [await gradient.data(), await finiteDifference(total(differentiated), x)];
  tf.dispose([x, gradient]);
  expect(theirs.some((value) => value !== 0)).toBe(true);
  expect(relativeDistance(ours, theirs)).toBeLessThan(1e-2);
}

async function instanceOf<T>(kind: Kind, name: string, options = {}, parts = {}): Promise<T> {
  const plugin = (await manifest.plugins[kind]![name]!()).default as Plugin;
  return (await instantiate(plugin, options, parts)) as T;
}

const namesOf = (kind: Kind): string[] => Object.keys(manifest.plugins[kind] ?? {});

/** Parts that stop a gradient on purpose: what their gradient is the derivative of, the stopped factor a constant. */
const heldRatio: Readonly<Record<string, (level: RatioLevel) => Rule>> = {
  'sequence-token': (level) => (x) => tf.mul(level.ratio(inputs(start())), tf.exp(tf.sub(x, AT))),
};
const rulesThatHoldTheRatio = ['cispo'];

describe('the gradient agrees with central differences', () => {
  test.each(namesOf('ratio-level'))('of the ratio level %s', async (name) => {
    const level = await instanceOf<RatioLevel>('ratio-level', name);
    await expectGradient((x) => level.ratio(inputs(x)), heldRatio[name]?.(level));
  });

  test.each(namesOf('clip-rule'))('of the clip rule %s', async (name) => {
    const rule = await instanceOf<ClipRule>('clip-rule', name);
    const lossOf =
      (ratio: (x: tf.Tensor2D) => tf.Tensor2D): Rule =>
      (x) => {
        const outputs = rule.perToken({ ...inputs(x), ratio: ratio(x) });
        return 'loss' in outputs ? outputs.loss : outputs;
      };
    const held = rulesThatHoldTheRatio.includes(name) ? lossOf(() => ratioOf(start())) : undefined;
    await expectGradient(lossOf(ratioOf), held);
  });

  describe.each(namesOf('kl-term'))('of the KL term %s', (name) => {
    const rule =
      (term: KlTerm): Rule =>
      (x) =>
        term.perToken({ ...inputs(x), ratio: ratioOf(x), referenceLogProbs: tf.tensor2d(REFERENCE) });

    test.each([{}, { timesRatio: true }])('with %o', async (options) => {
      await expectGradient(rule(await instanceOf<KlTerm>('kl-term', name, options)));
    });

    test('straight through: the gradient of k2', async () => {
      const ours = await instanceOf<KlTerm>('kl-term', name, { straightThrough: true });
      await expectGradient(rule(ours), rule(await instanceOf<KlTerm>('kl-term', 'k2')));
    });
  });

  test.each(namesOf('loss'))('of the loss %s', async (name) => {
    const parts = {
      ratio: await instanceOf('ratio-level', 'token'),
      clip: await instanceOf('clip-rule', 'clip-higher'),
      kl: await instanceOf('kl-term', 'k3'),
    };
    const loss = await instanceOf<LossFn>('loss', name, {}, parts);
    const prepared = loss.prepare?.(inputs(start())) as Record<string, tf.Tensor2D> | undefined;
    await expectGradient((x) => loss.perToken({ ...inputs(x), prepared: prepared ?? {} }).loss);
  });
});
