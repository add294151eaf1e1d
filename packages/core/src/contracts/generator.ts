import type { Group, Prompt } from './data.js';
import type { Policy } from './policy.js';
import type { Lifecycle } from './stateful.js';

/** How responses are drawn. */
export interface SamplingSettings {
  /** Tokens, the end token included. */
  readonly maxResponseLength: number;
  /** 0: greedy. */
  readonly temperature: number;
  /** Smallest set of tokens whose probability reaches it; 1: all. */
  readonly topP: number;
  /** The most probable k tokens; 0: all. */
  readonly topK: number;
}

export interface GenerateRequest {
  readonly prompts: readonly Prompt[];
  readonly groupSize: number;
  readonly sampling: SamplingSettings;
  /** Part of the key of every random number: 'rollout' and 'evaluation' draw different samples. */
  readonly purpose: string;
  /** Rollout step, part of the key as well. */
  readonly step: number;
  readonly round: number;
}

/** Prompts × G → groups of responses with behaviour log-probs, masks and version. Scores are not set yet. */
export interface Generator extends Lifecycle {
  /** One group per prompt, in the order of the prompts. */
  generate(request: GenerateRequest): Promise<Group[]>;
  /** Called after each optimizer phase: from now on sample from these weights. */
  update(policy: Policy): Promise<void>;
}
