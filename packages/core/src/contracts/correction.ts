import type { tf } from '../tensors/tf.js';
import type { LossOutputs } from './loss-fn.js';
import type { Lifecycle } from './stateful.js';

export interface CorrectionInputs {
  readonly oldLogProbs: tf.Tensor2D;
  readonly behaviourLogProbs: tf.Tensor2D;
  readonly mask: tf.Tensor2D;
}

export interface CorrectionOutputs {
  /** Constants of the rollout [R, T], multiplied into the loss by the engine. */
  readonly weights: tf.Tensor;
  readonly metrics?: LossOutputs['metrics'];
}

/** Behaviour policy → old policy: importance weights, once per rollout. */
export interface Correction extends Lifecycle {
  weights(inputs: CorrectionInputs): CorrectionOutputs;
}
