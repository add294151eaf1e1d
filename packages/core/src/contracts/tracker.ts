import type { Lifecycle } from './stateful.js';
import type { Metrics } from './metric.js';

/** One line of a run's history. */
export interface TrackerRecord {
  readonly kind: 'step' | 'evaluation' | 'warning' | 'guard' | 'end';
  /** Rollout steps finished. */
  readonly step: number;
  readonly metrics: Readonly<Metrics>;
  readonly message?: string;
}

/** Sees every record of a run, awaited. */
export interface Tracker extends Lifecycle {
  track(record: TrackerRecord): void | Promise<void>;
}
