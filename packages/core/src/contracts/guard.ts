import type { Progress } from './data.js';
import type { Metrics } from './metric.js';
import type { Lifecycle } from './stateful.js';

/** Where the Trainer asks: after a rollout · gradients and norm known, nothing applied · after an update · after an evaluation. */
export type GuardPoint = 'rolled-out' | 'before-update' | 'updated' | 'evaluated';

export interface GuardFacts {
  readonly progress: Progress;
  /** What is known at this point of the step, under full metric names. */
  readonly metrics: Readonly<Metrics>;
  /** Before an update whose loss or gradient isn't finite: which plugin it comes from, at which token of which prompt. */
  readonly nonFinite?: string;
}

export type GuardAnswer =
  'continue' | { readonly action: 'skip-update' | 'stop' | 'roll-back'; readonly reason: string };

/** May change the course of a run. `skip-update` acts at `before-update` alone; at other points there is no update to skip. */
export interface Guard extends Lifecycle {
  check(point: GuardPoint, facts: GuardFacts): GuardAnswer | Promise<GuardAnswer>;
}
