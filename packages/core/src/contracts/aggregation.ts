import type { tf } from '../tensors/tf.js';
import type { Lifecycle } from './stateful.js';

export interface AggregationInputs {
  /** 1 where a token carries loss, of the whole mini-batch [R, T]. */
  readonly mask: tf.Tensor2D;
  /** 1 where a token counts in the normaliser [R, T]; differs from `mask` only by token filters. */
  readonly counted: tf.Tensor2D;
  /** The group of each response [R], int32. */
  readonly groupOf: tf.Tensor1D;
  /** Groups in the mini-batch. */
  readonly groups: number;
  readonly maxResponseLength: number;
}

/** A weight for every token of the mini-batch [R, T]; the engine computes Σ weight · loss over however many micro-batches. */
export interface Aggregation extends Lifecycle {
  weights(inputs: AggregationInputs): tf.Tensor;
}
