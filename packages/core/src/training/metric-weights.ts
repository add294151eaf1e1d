import { tf } from '../tensors/tf.js';
import { inside } from '../tensors/masked.js';
import type { MetricDeclaration } from '../contracts/index.js';
import { wrongShape } from '../errors/run-errors.js';
import type { Matrix } from './matrix.js';

type Declared = Pick<MetricDeclaration, 'over' | 'reduce'>;

/**
 * How much each token or response counts in the metrics of a mini-batch (or of a whole rollout), so that partial sums
 * of any split add up to the same: a token 1, a response 1, a response of a group 1 / those of its group, and a value
 * of the whole step the share of its rows.
 */
export class MetricWeights {
  private readonly groupShare: Float32Array;
  private readonly counts: Readonly<Record<MetricDeclaration['over'], number>>;

  /**
   * @param mask tokens that count [R, T]
   * @param groupOf group of each row [R]
   */
  constructor(
    private readonly mask: Matrix,
    groupOf: readonly number[],
  ) {
    const live = Array.from({ length: mask.rows }, (_, row) => mask.row(row).includes(1));
    const sizes = new Map<number, number>();
    groupOf.forEach((group, row) => live[row] && sizes.set(group, (sizes.get(group) ?? 0) + 1));
    this.groupShare = Float32Array.from(groupOf, (group, row) => (live[row] ? 1 / sizes.get(group)! : 0));
    this.counts = {
      tokens: mask.values.reduce((a, b) => a + b, 0),
      responses: live.filter(Boolean).length,
      groups: sizes.size,
      step: 1,
    };
  }

  /** What a mean divides by; 0 where nothing counts. */
  count(over: MetricDeclaration['over']): number {
    return this.counts[over];
  }

  /**
   * Weighted sum, minimum or maximum of a metric over some rows.
   *
   * @param value [rows, width] over tokens, [rows] over responses and groups, [] over the step
   * @param rows rows of the mask that `value` is of, in its order
   */
  partial(value: tf.Tensor, { over, reduce }: Declared, rows: readonly number[], width = this.mask.width): tf.Scalar {
    const weights = this.weights(over, rows, width);
    if (reduce === 'min')
      return tf.min<tf.Scalar>(tf.where(tf.greater(weights, 0), value, tf.fill(weights.shape, 3e38)));
    if (reduce === 'max')
      return tf.max<tf.Scalar>(tf.where(tf.greater(weights, 0), value, tf.fill(weights.shape, -3e38)));
    return tf.sum<tf.Scalar>(tf.mul(weights, inside(tf.broadcastTo(value, weights.shape), weights)));
  }

  /** Partial reductions put together, however many there are. */
  whole(partials: readonly number[], { over, reduce }: Declared): number {
    if (reduce === 'min') return partials.reduce((a, b) => Math.min(a, b), Infinity);
    if (reduce === 'max') return partials.reduce((a, b) => Math.max(a, b), -Infinity);
    const sum = partials.reduce((a, b) => a + b, 0);
    return reduce === 'mean' ? sum / this.count(over) : sum;
  }

  private weights(over: MetricDeclaration['over'], rows: readonly number[], width: number): tf.Tensor {
    const mask = this.mask.tensor(rows, width);
    if (over === 'tokens') return mask;
    if (over === 'responses') return tf.max(mask, 1);
    if (over === 'groups') return tf.tensor1d(rows.map((row) => this.groupShare[row]!));
    return tf.fill([rows.length], 1 / this.mask.rows);
  }
}

/** Throws where a metric that leaves a tensor function has another shape than what it is declared over. */
export function checkMetricShape(
  plugin: string,
  name: string,
  value: tf.Tensor,
  over: MetricDeclaration['over'],
  mask: readonly number[],
  path: string,
): void {
  const expected = over === 'tokens' ? mask : over === 'step' ? [] : mask.slice(0, 1);
  if (value.shape.length === expected.length && value.shape.every((size, axis) => size === expected[axis])) return;
  const shape = (sizes: readonly number[]): string => `[${sizes.join(', ')}]`;
  throw wrongShape(`${plugin}, for its metric «${name}» over ${over},`, shape(expected), shape(value.shape), path);
}
