import type { Group, Prompt, Response } from './data.js';
import type { Lifecycle } from './stateful.js';

export interface RewardItem {
  readonly prompt: Prompt;
  readonly response: Response;
  readonly group: Group;
}

export interface RewardContext {
  readonly step: number;
  readonly purpose: 'rollout' | 'evaluation';
  /** A named [|o|] quantity of a response; only what the plugin `needs`. */
  signal(name: string, response: Response): Float32Array;
}

/** A reward that also says whether the answer is right, and which it is. */
export interface JudgedAnswer {
  readonly reward: number;
  readonly correct: boolean;
  /** The answer as it is compared, for majority votes; null where the response gives none. */
  readonly answer?: string | null;
}

/** One number, one number per token [|o|], null for «can't be scored», or a number with a verdict on the answer. */
export type RewardValue = number | Float32Array | null | JudgedAnswer;

/**
 * Scores responses in batches. The plugin's `role` says which kind it is: `task` goes into the score that filters and
 * evaluation see, `shaping` is added for kept groups only. One value per item, in the batch's order.
 */
export interface RewardFn extends Lifecycle {
  score(batch: readonly RewardItem[], context: RewardContext): readonly RewardValue[] | Promise<readonly RewardValue[]>;
}
