import type { Progress } from './data.js';
import type { Lifecycle } from './stateful.js';

/** A factor on the optimizer's learning rate. */
export interface Schedule extends Lifecycle {
  /** Factor for the update after `progress.optimizerStep` updates, usually 0 to 1. */
  factor(progress: Progress): number;
}
