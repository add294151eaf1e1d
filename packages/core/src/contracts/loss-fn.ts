import type { Random } from '../random/random.js';
import type { tf } from '../tensors/tf.js';
import type { Progress } from './data.js';
import type { MetricTensors } from './metric.js';
import type { Lifecycle } from './stateful.js';

/** What a loss is computed from. Matrices are [R, T]; only `logProbs` and `entropy` carry a gradient. */
export interface LossInputs {
  /** log π of the current weights. */
  readonly logProbs: tf.Tensor2D;
  /** log π before this rollout's updates. */
  readonly oldLogProbs: tf.Tensor2D;
  /** log π of the weights that sampled. */
  readonly behaviourLogProbs: tf.Tensor2D;
  readonly advantages: tf.Tensor2D;
  /** 1 where a token carries loss. */
  readonly mask: tf.Tensor2D;
  /** Of the current weights at the rollout's temperature; only where the plugin needs 'entropy'. */
  readonly entropy?: tf.Tensor2D;
  /** A named quantity that a model computed once for this rollout; only what the plugin `needs`. */
  signal(name: string): tf.Tensor2D;
  /** What `prepare` gave for this mini-batch. */
  readonly prepared: Readonly<Record<string, tf.Tensor2D>>;
  readonly progress: Progress;
  readonly random: Random;
}

export interface LossOutputs {
  /** Loss of each token [R, T]; outside the mask it is ignored. */
  readonly loss: tf.Tensor;
  readonly metrics?: MetricTensors;
}

/** The whole mini-batch, detached: log-probs and entropy of the current weights before this update. */
export type PrepareInputs = Omit<LossInputs, 'prepared'>;

/**
 * Loss per token. Within one response it may reduce over tokens (sequence ratio); across responses it never sums,
 * averages or divides: that is the aggregation's, and the gradient can't depend on the split into micro-batches.
 */
export interface LossFn extends Lifecycle {
  perToken(inputs: LossInputs): LossOutputs;
  /** Selections over the whole mini-batch, made once before the split. Costs one forward pass more. */
  prepare?(miniBatch: PrepareInputs): Readonly<Record<string, tf.Tensor>>;
}
