import type { Kind } from '../../plugin/kinds.js';
import { tf } from '../../tensors/tf.js';
import { allFinite, difference, shapeText } from './compare.js';
import { findFirst, type ContractCheck, type Finding } from './contract-check.js';
import { undeclaredMetric } from './correction.js';
import { findWrongGradient } from './gradient-check.js';
import type { Subject } from './subject.js';
import {
  batchWithEmptyResponses,
  fullyMaskedBatch,
  insideOf,
  lossInputsOf,
  mapMatrices,
  padded,
  smallestBatch,
  takeResponses,
  tokenBatch,
  withOutside,
  type TokenBatch,
} from './token-batch.js';
import { evaluate, gradient, prepared, shapeOf, type Callable, type TokenFunction } from './token-function.js';

const TOLERANCE = 1e-5;

/** What every function of one number per token owes: losses, clip rules, ratio levels, KL terms. */
export function tokenChecks<K extends Kind>(how: TokenFunction<K>): readonly ContractCheck<K>[] {
  const onFresh = (find: (callable: Callable<K>) => Promise<Finding>) => async (subject: Subject<K>) =>
    find({ subject, instance: await subject.create(), how });
  return [
    { name: 'gives one number for each token', find: onFresh(findWrongShape), decides: true },
    { name: 'declares its metrics', find: onFresh(findUndeclaredMetric) },
    { name: 'asks for what it reads', find: onFresh(findUndeclaredNeed) },
    { name: 'does not see what the mask leaves out', find: onFresh(findBrokenMask) },
    { name: 'is the same with more padding', find: onFresh(findBrokenPadding) },
    { name: 'follows the order of the responses', find: onFresh(findBrokenOrder) },
    { name: 'is the same however a mini-batch is split', find: onFresh(findBrokenSplit) },
    { name: 'has the gradient of its value', find: onFresh(findWrongGradients) },
    { name: 'bears responses without a token', find: onFresh(findBrokenByEmptiness) },
    { name: 'stays finite where policies are far apart', find: onFresh(findOverflow) },
    { name: 'stays finite to the end of a run', find: onFresh(findBadEnd) },
    { name: 'leaves what it is handed alone', find: onFresh(findDisposedInput) },
  ];
}

async function findWrongShape<K extends Kind>(callable: Callable<K>): Promise<Finding> {
  for (const batch of [tokenBatch(), smallestBatch(), takeResponses(tokenBatch(), [1])]) {
    const expected = [batch.mask.length, batch.mask[0]!.length];
    const shape = shapeOf(callable, await prepared(callable, batch));
    if (shapeText(shape) === shapeText(expected)) continue;
    return (
      `it gives the shape ${shapeText(shape)} for log-probs of ${shapeText(expected)}: give one ` +
      'number for each token and leave sums and means to the aggregation'
    );
  }
  return undefined;
}

async function findUndeclaredMetric<K extends Kind>(callable: Callable<K>): Promise<Finding> {
  const batch = await prepared(callable, tokenBatch());
  const { metrics } = await evaluate(callable, batch);
  for (const [name, { shape, values }] of Object.entries(metrics)) {
    const found = undeclaredMetric(callable.subject, name, shape, batch);
    if (found) return found;
    const counted = shape.length === 1 ? values : values.filter((_, i) => batch.mask.flat()[i] === 1);
    if (!allFinite(counted)) return `its metric «${name}» is not finite`;
  }
  return undefined;
}

async function findUndeclaredNeed<K extends Kind>(callable: Callable<K>): Promise<Finding> {
  if (callable.subject.needs.has('entropy')) return undefined;
  const batch = await prepared(callable, tokenBatch());
  const withEntropy = await evaluate(callable, batch);
  const advice = "it reads the entropy without asking for it, and not every policy gives one: needs: ['entropy']";
  try {
    return difference(withEntropy.loss, (await evaluate(callable, batch, { entropy: false })).loss) && advice;
  } catch {
    return advice;
  }
}

async function findBrokenMask<K extends Kind>(callable: Callable<K>): Promise<Finding> {
  const batch = await prepared(callable, tokenBatch());
  const differing = await differingInside(callable, batch, withOutside(batch, -7.5));
  if (differing)
    return (
      `numbers outside the mask change it: ${differing}. Select with inside(x, mask) before anything ` +
      'is summed over tokens'
    );
  const again = await prepared(callable, withOutside({ ...batch, prepared: {} }, -7.5));
  const selected = difference(insideAll(batch), insideAll(again));
  if (selected) return `what it prepares depends on numbers outside the mask: ${selected}. Select with inside(x, mask)`;
  const loss = (await evaluate(callable, withOutside(batch, NaN))).loss;
  if (allFinite(insideOf(loss, batch.mask))) return undefined;
  return (
    'NaN outside the mask reaches tokens inside it: select with inside(x, mask) instead of ' +
    'multiplying by the mask, since 0 · NaN is NaN'
  );
}

const insideAll = ({ prepared: matrices, mask }: TokenBatch): unknown =>
  Object.fromEntries(Object.entries(matrices).map(([name, rows]) => [name, insideOf(rows, mask)]));

async function findBrokenPadding<K extends Kind>(callable: Callable<K>): Promise<Finding> {
  const batch = await prepared(callable, tokenBatch());
  const wide = padded(batch, 3);
  const differing = await differingInside(callable, batch, wide);
  return (
    differing &&
    `columns of padding change it: ${differing}. Divide by the tokens of the mask, never by the ` +
      'width of the matrix'
  );
}

async function findBrokenOrder<K extends Kind>(callable: Callable<K>): Promise<Finding> {
  const batch = await prepared(callable, tokenBatch());
  const order = [3, 0, 4, 2, 1];
  const { loss } = await evaluate(callable, batch);
  const turned = await evaluate(callable, takeResponses(batch, order));
  const found = difference(
    order.map((r) => insideOf(loss, batch.mask)[r]!),
    insideOf(
      turned.loss,
      order.map((r) => batch.mask[r]!),
    ),
    { tolerance: TOLERANCE },
  );
  return (
    found &&
    `other responses in another order change it: ${found}. What it gives for a response may depend ` +
      'on that response alone'
  );
}

async function findBrokenSplit<K extends Kind>(callable: Callable<K>): Promise<Finding> {
  const batch = await prepared(callable, tokenBatch());
  const whole = await evaluate(callable, batch);
  for (const rows of [[0, 1], [2], [3, 4]]) {
    const part = takeResponses(batch, rows);
    const { loss } = await evaluate(callable, part);
    const found = difference(
      rows.map((r) => insideOf(whole.loss, batch.mask)[r]!),
      insideOf(loss, part.mask),
      { tolerance: TOLERANCE },
    );
    if (found) {
      return (
        `the loss of a response depends on the others of its micro-batch: ${found}. Sum, average or ` +
        'divide over the tokens of one response only; what is chosen over a mini-batch belongs in ' +
        'prepare, weights in an aggregation'
      );
    }
  }
  return undefined;
}

async function findWrongGradients<K extends Kind>(callable: Callable<K>): Promise<Finding> {
  const batch = await prepared(callable, tokenBatch());
  const byLogProbs = await findWrongGradient(callable, batch);
  if (byLogProbs || !callable.subject.needs.has('entropy')) return byLogProbs;
  return findWrongGradient(callable, batch, 'entropy');
}

async function findBrokenByEmptiness<K extends Kind>(callable: Callable<K>): Promise<Finding> {
  const cases = {
    'an empty response': batchWithEmptyResponses(),
    'a mini-batch that is masked whole': fullyMaskedBatch(),
  };
  for (const [what, raw] of Object.entries(cases)) {
    const batch = await prepared(callable, raw);
    const { loss } = await evaluate(callable, batch);
    const slopes = await gradient(callable, batch);
    if (allFinite(insideOf(loss, batch.mask)) && allFinite(slopes)) continue;
    return (
      `${what} makes its loss or gradient NaN: divide by max(1, tokens of the mask), since 0/0 is ` +
      'NaN and its gradient spreads'
    );
  }
  return undefined;
}

/** Log-probs that differ by as much as float32 models come to. */
async function findBadEnd<K extends Kind>(callable: Callable<K>): Promise<Finding> {
  return findFirst([0.5, 1], async (fraction) => {
    const progress = { rolloutStep: 20 * fraction, optimizerStep: 80 * fraction, fraction };
    const batch = await prepared(callable, { ...tokenBatch(), progress });
    const { loss } = await evaluate(callable, batch);
    if (allFinite(insideOf(loss, batch.mask)) && allFinite(await gradient(callable, batch))) return undefined;
    return (
      `with progress.fraction ${fraction} its loss or gradient is not finite: the fraction of the run goes ` +
      'from 0 to 1, and both come'
    );
  });
}

async function findOverflow<K extends Kind>(callable: Callable<K>): Promise<Finding> {
  const batch = await prepared(callable, tokenBatch());
  const far = (old: number, current: number): TokenBatch =>
    mapMatrices(batch, (matrix, name) => {
      if (name !== 'logProbs' && name !== 'oldLogProbs' && name !== 'signal') return matrix;
      return matrix.map((row) => row.map(() => (name === 'logProbs' ? current : old)));
    });
  return findFirst(
    [
      [-120, -0.001],
      [-0.001, -120],
    ] as const,
    async ([old, current]) => {
      const apart = far(old, current);
      const { loss } = await evaluate(callable, apart);
      if (allFinite(insideOf(loss, batch.mask)) && allFinite(await gradient(callable, apart))) return undefined;
      return (
        `log-probs of ${current} against ${old} make its loss or gradient infinite: hold the ` +
        'log-ratio within bounds before exp, as logRatio(logProbs, oldLogProbs, mask) does'
      );
    },
  );
}

async function findDisposedInput<K extends Kind>({ subject, instance, how }: Callable<K>): Promise<Finding> {
  const batch = await prepared({ subject, instance, how }, tokenBatch());
  return tf.tidy(() => {
    const inputs = lossInputsOf(batch, subject.needs);
    how.perToken(instance, inputs);
    const gone = Object.entries(inputs).find(([, value]) => value instanceof tf.Tensor && value.isDisposed);
    return gone && `it disposes of ${gone[0]}, which belongs to the engine: a tensor function disposes of nothing`;
  });
}

async function differingInside<K extends Kind>(
  callable: Callable<K>,
  batch: TokenBatch,
  changed: TokenBatch,
): Promise<Finding> {
  const of = async (which: TokenBatch): Promise<unknown> => {
    const { loss } = await evaluate(callable, which);
    return cut(
      { loss: insideOf(loss, which.mask), gradient: insideOf(await gradient(callable, which), which.mask) },
      batch,
    );
  };
  return difference(await of(batch), await of(changed), { tolerance: TOLERANCE });
}

const cut = (matrices: Readonly<Record<string, readonly (readonly number[])[]>>, { mask }: TokenBatch): unknown =>
  Object.fromEntries(
    Object.entries(matrices).map(([name, rows]) => [name, rows.map((row) => row.slice(0, mask[0]!.length))]),
  );
