import type { tf } from '../tensors/tf.js';
import type { Group, Progress, Verdict } from './data.js';
import type { Lifecycle } from './stateful.js';

/** A verdict and its reason; the engine counts reasons. */
export interface Judgement<V extends Verdict = Verdict> {
  readonly verdict: V;
  readonly reason?: string;
}

/** Keeps or drops whole groups, on raw scores. */
export interface GroupFilter extends Lifecycle {
  readonly level: 'group';
  /** One judgement per group, in order. */
  judge(groups: readonly Group[]): Promise<readonly Judgement<'keep' | 'drop'>[]>;
}

/** Keeps, masks or drops single responses; it sees their whole group. */
export interface ResponseFilter extends Lifecycle {
  readonly level: 'response';
  /** One judgement per response, in order. */
  judge(group: Group): Promise<readonly Judgement[]>;
}

export interface TokenFilterInputs {
  /** [R, T] of the whole mini-batch. */
  readonly mask: tf.Tensor2D;
  readonly oldLogProbs: tf.Tensor2D;
  readonly behaviourLogProbs: tf.Tensor2D;
  readonly advantages: tf.Tensor2D;
  /** log π of the current weights, detached, where the plugin needs 'current-log-probs'. */
  readonly logProbs?: tf.Tensor2D;
  /** Of the current weights, where the plugin needs 'entropy'. */
  readonly entropy?: tf.Tensor2D;
  /** Optimizer steps taken since the weights that sampled the response, the same on each of its tokens. */
  readonly policyAge: tf.Tensor2D;
  readonly progress: Progress;
}

/** Chooses the tokens that carry loss, over the whole mini-batch and before any split. */
export interface TokenFilter extends Lifecycle {
  readonly level: 'token';
  /** Whether a token that is put out still counts in the normaliser. */
  readonly countsFiltered: boolean;
  /** 0/1 [R, T]; the engine multiplies it with the mask. */
  select(inputs: TokenFilterInputs): tf.Tensor;
}

export type Filter = GroupFilter | ResponseFilter | TokenFilter;
