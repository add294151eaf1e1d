/** One message of a chat, as chat templates take them. */
export interface Message {
  readonly role: string;
  readonly content: string;
}

/** One problem to solve. */
export interface Prompt {
  /** Stable over runs and orders: random numbers and bookkeeping hang on it. */
  readonly id: string;
  readonly input: string | readonly Message[];
  /** What a right answer is compared with. */
  readonly reference?: string;
  /** The other columns of the row; rewards read them. */
  readonly columns: Readonly<Record<string, unknown>>;
  /** How many times the source had been through before it gave this prompt: 0 in the first epoch. */
  readonly visit: number;
  /** Where the row stands (`data/train.jsonl:12`), for error messages. */
  readonly origin?: string;
}

/** Why a response ended: its end token, the length limit, or an interruption from outside. */
export type Finish = 'stop' | 'length' | 'aborted';

/** keep · mask: in the group's statistics, not in the loss · drop: in neither. */
export type Verdict = 'keep' | 'mask' | 'drop';

/** One answer of the policy to a prompt. */
export interface Response {
  /** Token ids, the end token included where there is one. Length |o|; may be 0. */
  readonly tokens: Int32Array;
  /** 1 where the policy chose the token, 0 where an environment wrote it. Every mask and |o| count the ones. */
  readonly sampled: Uint8Array;
  /** log π_behaviour of each token, over the full vocabulary at the rollout's temperature. */
  readonly behaviourLogProbs: Float32Array;
  /** Optimizer step of the weights that sampled it. */
  readonly policyVersion: number;
  readonly finish: Finish;
  /** The decoded tokens, without the end token. */
  readonly text: string;
  /** Σ weight · task reward; null where it could not be scored. Filters and evaluation see this. */
  score: number | null;
  /** Whether the answer is right, where a reward says so. */
  correct?: boolean;
  /** The answer that it gives, where a reward says so; null where it gives none. */
  answer?: string | null;
  /** Score plus weighted shaping rewards; the advantage sees this. */
  reward: number;
  /** Per-token rewards [|o|] on top of `reward`, where a reward gives them. */
  tokenRewards?: Float32Array;
  /** What each reward gave, unweighted, under its key of the config. */
  components: Record<string, number>;
  verdict: Verdict;
  /** Why it is not kept. */
  reason?: string;
}

/** G responses to one prompt. */
export interface Group {
  readonly prompt: Prompt;
  readonly promptTokens: Int32Array;
  /** May be fewer than the group size: dropped ones are taken out. */
  responses: Response[];
  /** Generation round within the rollout step, from 0. */
  readonly round: number;
  verdict: 'keep' | 'drop';
  reason?: string;
}

/**
 * What a policy computes on: prompts [B], responses [R] and the prompt of each response.
 * Padding, packing and computing a shared prompt once are the policy's own business.
 */
export interface PolicyBatch {
  /** Token ids of each prompt [B]. */
  readonly prompts: readonly Int32Array[];
  /** [R]; only `tokens` is read. */
  readonly responses: readonly Pick<Response, 'tokens'>[];
  /** Index into `prompts` [R]. */
  readonly promptOf: Int32Array;
}

/** How far a run is. */
export interface Progress {
  /** Rollout steps finished. */
  readonly rolloutStep: number;
  /** Optimizer steps taken. */
  readonly optimizerStep: number;
  /** Share of the budget that is used, 0 to 1. */
  readonly fraction: number;
}

/** How many tokens of a response the policy chose: its |o|. */
export function responseLength(response: Pick<Response, 'sampled'>): number {
  let length = 0;
  for (const chosen of response.sampled) length += chosen;
  return length;
}
