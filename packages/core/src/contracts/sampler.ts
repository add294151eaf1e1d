import type { Group, Prompt } from './data.js';
import type { PromptSource } from './prompt-source.js';
import type { Lifecycle } from './stateful.js';

export interface SamplerContext {
  /** Groups that a full batch has. */
  readonly target: number;
  readonly groupSize: number;
  /** Rollout step, from 0. */
  readonly step: number;
  readonly prompts: PromptSource;
  /** Generates, scores and filters. Every group comes back, dropped ones too, with its verdict and reason. */
  rollout(prompts: readonly Prompt[]): Promise<Group[]>;
}

export interface SampledBatch {
  /** The groups to train on, in prompt order. */
  readonly groups: readonly Group[];
  /** Kept groups that the batch had no room for. */
  readonly surplus: number;
  /** Why the batch isn't full, where it isn't. */
  readonly exhausted?: string;
}

/** Decides which prompts are tried and when the batch is full. */
export interface Sampler extends Lifecycle {
  next(context: SamplerContext): Promise<SampledBatch>;
}
