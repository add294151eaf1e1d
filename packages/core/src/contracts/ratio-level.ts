import type { tf } from '../tensors/tf.js';
import type { Lifecycle } from './stateful.js';

export interface RatioInputs {
  readonly logProbs: tf.Tensor2D;
  readonly oldLogProbs: tf.Tensor2D;
  readonly mask: tf.Tensor2D;
}

/** At which level probabilities are compared: log-probs [R, T] → ratio [R, T]. */
export interface RatioLevel extends Lifecycle {
  ratio(inputs: RatioInputs): tf.Tensor;
}
