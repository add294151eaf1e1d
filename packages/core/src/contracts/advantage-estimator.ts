import type { tf } from '../tensors/tf.js';
import type { Lifecycle } from './stateful.js';

/** All tensors are constants. B groups, G the largest group, R responses in group order, T the longest response. */
export interface AdvantageInputs {
  /** Shaped reward of each response, its token rewards summed in [B, G]; 0 where there is no response. */
  readonly rewards: tf.Tensor2D;
  /** 1 where a response stands [B, G]. */
  readonly present: tf.Tensor2D;
  /** |o| [B, G]. */
  readonly lengths: tf.Tensor2D;
  /** 1 where the answer is right [B, G]; all 0 where no reward says so. */
  readonly correct: tf.Tensor2D;
  /** 1 where the policy chose the token [R, T]. */
  readonly mask: tf.Tensor2D;
  /** The reward of each token; a response's own reward stands on its last token [R, T]. */
  readonly tokenRewards: tf.Tensor2D;
  /** The group of each response [R], int32. */
  readonly groupOf: tf.Tensor1D;
  signal(name: string): tf.Tensor2D;
}

/** Rewards of groups → advantages: one per response [B, G], or one per token [R, T]. */
export interface AdvantageEstimator extends Lifecycle {
  estimate(inputs: AdvantageInputs): tf.Tensor;
}
