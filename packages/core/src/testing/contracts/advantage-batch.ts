import type { AdvantageInputs } from '../../contracts/index.js';
import { tf } from '../../tensors/tf.js';
import { matrixTensor, type Rows } from './token-batch.js';
import { needNotDeclared } from './undeclared.js';

/** Groups as an estimator sees them. Responses are numbered group by group. */
export interface AdvantageBatch {
  /** By group, as many as it has responses. */
  readonly rewards: Rows;
  /** By group. */
  readonly correct: Rows;
  /** [responses][tokens] */
  readonly mask: Rows;
  /** Rewards of single tokens, beside that of the response [responses][tokens]. */
  readonly tokenRewards: Rows;
  /** Columns beyond the largest group. */
  readonly extraPlaces?: number;
}

/** Groups of three, two and one response; a token of an environment, an empty response. */
export function advantageBatch(rewards: Rows = [[1, -1, 0.25], [0.5, 1], [0.7]]): AdvantageBatch {
  const lengths = [4, 2, 3, 0, 1, 2, 3, 2, 1, 4];
  const mask = rewards
    .flat()
    .map((_, r) => Array.from({ length: 4 }, (_, t) => (t < lengths[r % 10]! && !(r === 0 && t === 1) ? 1 : 0)));
  return {
    rewards,
    correct: rewards.map((row) => row.map((reward) => (reward >= 0.5 ? 1 : 0))),
    mask,
    tokenRewards: mask.map((row, r) => row.map((counts, t) => (counts === 1 ? 0.1 * ((r + t) % 3) : 0))),
  };
}

/** A batch of responses of one token each, whose rewards are all of what they differ in. */
export function batchOfRewards(rewards: Rows): AdvantageBatch {
  const none = rewards.flat().map(() => [0]);
  return {
    rewards,
    correct: rewards.map((row) => row.map(() => 0)),
    mask: none.map(() => [1]),
    tokenRewards: none,
  };
}

/** Groups in another order, and the responses within each: `order[g]` names a group and its responses. */
export function reorderGroups(
  batch: AdvantageBatch,
  order: readonly (readonly [group: number, responses: readonly number[]])[],
): AdvantageBatch {
  const first = firstRows(batch);
  const rows = order.flatMap(([group, responses]) => responses.map((i) => first[group]! + i));
  const pick = (matrix: Rows): Rows => order.map(([group, responses]) => responses.map((i) => matrix[group]![i]!));
  return {
    rewards: pick(batch.rewards),
    correct: pick(batch.correct),
    mask: rows.map((r) => batch.mask[r]!),
    tokenRewards: rows.map((r) => batch.tokenRewards[r]!),
  };
}

/** The first response of each group. */
export function firstRows({ rewards }: AdvantageBatch): number[] {
  let next = 0;
  return rewards.map((row) => (next += row.length) - row.length);
}

/** More tokens on the right, and more places in each group. */
export function paddedGroups(batch: AdvantageBatch): AdvantageBatch {
  const widen = (rows: Rows): Rows => rows.map((row) => [...row, 0, 0]);
  return { ...batch, mask: widen(batch.mask), tokenRewards: widen(batch.tokenRewards), extraPlaces: 2 };
}

/** The inputs of an estimator. Call it in a tidy. */
export function advantageInputsOf(batch: AdvantageBatch, needs: ReadonlySet<string>): AdvantageInputs {
  const { rewards, mask, correct } = batch;
  const first = firstRows(batch);
  const size = Math.max(...rewards.map((row) => row.length)) + (batch.extraPlaces ?? 0);
  const byGroup = (value: (g: number, i: number) => number): tf.Tensor2D =>
    matrixTensor(rewards.map((row, g) => Array.from({ length: size }, (_, i) => (i < row.length ? value(g, i) : 0))));
  const tokenRewards = totalTokenRewards(batch);
  const sum = (row: readonly number[]): number => row.reduce((a, b) => a + b, 0);
  return {
    rewards: byGroup((g, i) => sum(tokenRewards[first[g]! + i]!)),
    present: byGroup(() => 1),
    lengths: byGroup((g, i) => sum(mask[first[g]! + i]!)),
    correct: byGroup((g, i) => correct[g]![i]!),
    mask: matrixTensor(mask),
    tokenRewards: matrixTensor(tokenRewards),
    groupOf: tf.tensor1d(
      rewards.flatMap((row, g) => row.map(() => g)),
      'int32',
    ),
    signal: (name) => {
      if (!needs.has(name)) throw needNotDeclared(`the signal «${name}»`, name);
      return matrixTensor(mask.map((row, r) => row.map((_, t) => 0.3 * r - 0.2 * t)));
    },
  };
}

/** Token rewards with a response's own reward on its last token, as the engine lays them out. */
function totalTokenRewards({ rewards, mask, tokenRewards }: AdvantageBatch): Rows {
  const own = rewards.flat();
  return tokenRewards.map((row, r) => {
    const last = Math.max(0, mask[r]!.lastIndexOf(1));
    return row.map((reward, t) => reward + (t === last ? own[r]! : 0));
  });
}
