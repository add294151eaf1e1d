import type { Json, Lifecycle } from './stateful.js';
import type { tf } from '../tensors/tf.js';

export interface OptimizerInputs {
  readonly parameters: Readonly<Record<string, tf.Variable>>;
  readonly gradients: Readonly<Record<string, tf.Tensor>>;
  /** The schedule's factor times the optimizer's own learning rate. */
  readonly learningRate: number;
  /** Global norm of the gradients, before clipping. */
  readonly gradientNorm: number;
}

/** Works behind `policy.step`. Its moments are its state. */
export interface Optimizer extends Lifecycle {
  /** Base learning rate; the schedule multiplies it. */
  readonly learningRate: number;
  /** What a policy behind a protocol sends instead of calling `apply`. */
  readonly settings: Readonly<Record<string, Json>>;
  apply(inputs: OptimizerInputs): void;
}
