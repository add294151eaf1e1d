import type { Weight } from '../config/weight.js';
import type {
  AdvantageEstimator,
  Aggregation,
  Correction,
  Filter,
  Generator,
  Guard,
  LossFn,
  Optimizer,
  Policy,
  PromptSource,
  RewardFn,
  Sampler,
  Schedule,
  Signal,
  Tokenizer,
  Tracker,
  MetricDeclarations,
} from '../contracts/index.js';
import type { KeptTensors } from './kept-tensors.js';
import type { LongWaits } from './long-waits.js';
import type { PartCalls } from './part-calls.js';

/** An instance with where it stands in the config and what plugin made it. */
export interface Placed<T> {
  readonly path: string;
  /** Last segment of the path: the author's key in maps. */
  readonly key: string;
  readonly kind: string;
  readonly name: string;
  /** `reward exact-answer`: for messages. */
  readonly label: string;
  readonly instance: T;
  readonly needs: readonly string[];
  readonly metrics: MetricDeclarations;
  /** Counts the tensors that its calls leave behind. */
  readonly kept?: KeptTensors;
  /** Tells of its answers that take long. */
  readonly waits?: LongWaits;
}

export interface PlacedReward extends Placed<RewardFn> {
  readonly role: 'task' | 'shaping';
  readonly weight: Weight;
  readonly provides: readonly string[];
}

export interface PlacedSignal extends Placed<Signal> {
  readonly provides: readonly string[];
}

/** Everything that a run is made of, in the order of the data's way. */
export interface Parts {
  readonly tokenizer: Tokenizer;
  readonly trainPrompts: PromptSource;
  readonly heldOutPrompts?: PromptSource;
  readonly policy: Placed<Policy>;
  readonly generator: Placed<Generator>;
  readonly sampler: Placed<Sampler>;
  readonly rewards: readonly PlacedReward[];
  readonly filters: readonly Placed<Filter>[];
  readonly signals: readonly PlacedSignal[];
  readonly advantage: Placed<AdvantageEstimator>;
  readonly correction?: Placed<Correction>;
  readonly loss: Placed<LossFn>;
  readonly aggregation: Placed<Aggregation>;
  readonly optimizer: Placed<Optimizer>;
  readonly schedule: Placed<Schedule>;
  readonly guards: readonly Placed<Guard>[];
  readonly trackers: readonly Placed<Tracker>[];
  /** Of what stands in slots. */
  readonly calls: PartCalls;
}
