import type { tf } from '../tensors/tf.js';
import type { Lifecycle } from './stateful.js';

export interface KlInputs {
  readonly logProbs: tf.Tensor2D;
  readonly referenceLogProbs: tf.Tensor2D;
  readonly ratio: tf.Tensor2D;
  readonly mask: tf.Tensor2D;
}

/** An estimate of KL(π ‖ π_ref) per token [R, T]; `policy-gradient` multiplies it with its coefficient. */
export interface KlTerm extends Lifecycle {
  perToken(inputs: KlInputs): tf.Tensor;
}
