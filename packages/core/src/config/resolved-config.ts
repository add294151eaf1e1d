import type { Weight } from './weight.js';

/** A plugin node as resolved: its name, its own options with defaults, and its parts. */
export interface ResolvedNode {
  /** Name, path or package, as the config gives it. */
  readonly use: string;
  /** Options with defaults, without engine keys and slots. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Slot name → the plugin in it. */
  readonly parts: Readonly<Record<string, ResolvedNode>>;
  /** Factor of a reward; 1 elsewhere. */
  readonly weight: Weight;
}

export interface RolloutSettings {
  /** Prompts of a full batch. */
  readonly prompts: number;
  /** Responses to each prompt (G). */
  readonly groupSize: number;
  readonly maxResponseLength: number;
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
}

export interface UpdateSettings {
  /** Responses per optimizer step. */
  readonly miniBatch: number;
  /** Passes over a rollout. */
  readonly epochs: number;
  readonly microBatch: number | 'auto';
  /** Where old log-probs come from: the sampler's own, or one forward pass more per rollout. */
  readonly oldLogProbs: 'behaviour' | 'recomputed';
  /** What happens when a gradient isn't finite. */
  readonly nonFinite: 'stop' | 'skip';
}

export interface EvaluationSettings {
  /** Rollout steps between evaluations; 0: never. Step 0 and the last step are evaluated as well. */
  readonly every: number;
  /** Answers per problem. */
  readonly k: number;
  /** Held-out problems; 0: all of them. */
  readonly problems: number;
  readonly temperature: number;
  readonly topP: number;
}

export interface CheckpointSettings {
  /** Rollout steps between checkpoints. */
  readonly every: number;
  /** Newest checkpoints kept. */
  readonly keep: number;
}

/** A run ends when the first of these is used up; 0: no bound. */
export interface BudgetSettings {
  readonly rolloutSteps: number;
  readonly optimizerSteps: number;
  /** All generated tokens, those of dropped groups too: what makes runs with and without dynamic sampling comparable. */
  readonly generatedTokens: number;
  /** Prompts tried. */
  readonly prompts: number;
  /** Minutes of training, over all resumes. */
  readonly minutes: number;
}

/** The user's prices: what a run's money counter multiplies. */
export interface PriceSettings {
  readonly perMillionTokens: number;
  readonly perHour: number;
}

/** The whole config after layers, defaults and validation: plain JSON. */
export interface ResolvedConfig {
  readonly name: string;
  readonly seed: number;
  readonly rollout: RolloutSettings;
  readonly update: UpdateSettings;
  readonly evaluation: EvaluationSettings;
  readonly checkpoints: CheckpointSettings;
  readonly budget: BudgetSettings;
  readonly prices: PriceSettings;
  readonly plugins: readonly string[];
  readonly backend: ResolvedNode;
  readonly tokenizer: ResolvedNode;
  readonly policy: ResolvedNode;
  readonly prompts: { readonly train: ResolvedNode; readonly heldOut?: ResolvedNode };
  readonly sampler: ResolvedNode;
  readonly generator: ResolvedNode;
  readonly rewards: Readonly<Record<string, ResolvedNode>>;
  readonly filters: Readonly<Record<string, ResolvedNode>>;
  readonly signals: Readonly<Record<string, ResolvedNode>>;
  readonly advantage: ResolvedNode;
  readonly correction?: ResolvedNode;
  readonly loss: ResolvedNode;
  readonly aggregation: ResolvedNode;
  readonly optimizer: ResolvedNode;
  readonly schedule: ResolvedNode;
  readonly guards: Readonly<Record<string, ResolvedNode>>;
  readonly trackers: Readonly<Record<string, ResolvedNode>>;
}
