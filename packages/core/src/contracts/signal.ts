import type { PolicyBatch, Progress } from './data.js';
import type { LogProbs } from './policy.js';
import type { Lifecycle } from './stateful.js';

/** A named [R, T] quantity that a model computes once per rollout. The plugin's `provides` names it. */
export interface Signal extends Lifecycle {
  /** Row-major [R, width]. */
  compute(
    batch: PolicyBatch,
    options: { readonly temperature: number },
  ): Promise<Pick<LogProbs, 'width'> & { values: Float32Array }>;
  /** Called after each rollout step: the time to refresh. */
  refresh?(progress: Progress): Promise<void>;
}
