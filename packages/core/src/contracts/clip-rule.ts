import type { tf } from '../tensors/tf.js';
import type { Progress } from './data.js';
import type { LossOutputs } from './loss-fn.js';
import type { Lifecycle } from './stateful.js';

export interface ClipInputs {
  /** Probability ratio r of the current to the old policy [R, T]. */
  readonly ratio: tf.Tensor2D;
  readonly advantages: tf.Tensor2D;
  readonly logProbs: tf.Tensor2D;
  readonly oldLogProbs: tf.Tensor2D;
  readonly mask: tf.Tensor2D;
  /** How far the run is, for a rule that changes over it. */
  readonly progress: Progress;
}

/** How far one update may move a token's probability: ratio and advantage → loss per token [R, T]. */
export interface ClipRule extends Lifecycle {
  perToken(inputs: ClipInputs): tf.Tensor | LossOutputs;
}
