import type { tf } from '../tensors/tf.js';
import type { PolicyBatch } from './data.js';
import type { SamplingSettings } from './generator.js';
import type { Optimizer } from './optimizer.js';
import type { Lifecycle, State } from './stateful.js';
import type { RandomKey } from '../random/random.js';

/** What a policy can do; checked against what the plugins need before anything starts. */
export interface PolicyTraits {
  /** Gives the entropy of every token's distribution. */
  readonly entropy: boolean;
  /** When `gradientNorm` is known. */
  readonly gradientNorm: 'before-step' | 'after-step';
  /** frozen: published weights stay usable after later steps, and have a state that `reopen` gives them back from. */
  readonly snapshots: 'frozen' | 'latest';
  /** tempered: log-probs at the temperature asked for. raw: at temperature 1 only. */
  readonly logProbs: 'tempered' | 'raw';
  /** Equal inputs give equal bits. */
  readonly reproducible: boolean;
  /** Settings of the optimizer that it obeys. */
  readonly optimizerFields: 'all' | readonly string[];
  /** Prompt and response together, in tokens. */
  readonly contextLength: number;
  readonly vocabularySize: number;
}

/** Published weights. Every response names the version. */
export interface PolicyVersion {
  /** Optimizer step of the weights. */
  readonly version: number;
  /** Frozen weights hold memory until this is called. */
  release(): void;
  /** Frozen weights for a checkpoint; `Policy.reopen` gives them back. */
  state?(): State | Promise<State>;
}

export interface PublishOptions {
  /** Weights that later steps don't change. */
  readonly frozen?: boolean;
  /** Frozen weights between two: share · the current ones + (1 − share) · those of a frozen version. */
  readonly mix?: { readonly version: PolicyVersion; readonly share: number };
}

export interface SampleRequest {
  readonly prompts: readonly Int32Array[];
  /** Responses to each prompt. */
  readonly groupSize: number;
  readonly sampling: SamplingSettings;
  readonly endToken: number;
  /** Key of the random numbers of one response; token t uses `uniform(t)`. */
  key(prompt: number, response: number): RandomKey;
}

/** What the policy drew, in the order prompt by prompt. */
export interface Completion {
  readonly tokens: Int32Array;
  readonly logProbs: Float32Array;
  readonly finish: 'stop' | 'length';
}

export interface LogProbsOptions {
  readonly temperature: number;
  /** Also give the entropy. */
  readonly entropy?: boolean;
  /** Frozen weights instead of the current ones. */
  readonly version?: PolicyVersion;
}

/** Log-probs of the response tokens [R, T], row-major, T the longest response of the batch; 0 beyond a response. */
export interface LogProbs {
  readonly width: number;
  readonly logProbs: Float32Array;
  readonly entropy?: Float32Array;
}

/** What a micro-batch of a policy hands to an objective: [r, t] for the rows it took, t the longest of them. */
export interface ObjectiveInputs {
  readonly logProbs: tf.Tensor2D;
  readonly entropy?: tf.Tensor2D;
  /** Which responses of the batch these are. */
  readonly rows: readonly number[];
}

/** Pure and differentiable: log-probs → Σ weight · loss, and scalars that the engine adds up over micro-batches. */
export interface Objective {
  readonly temperature: number;
  readonly needsEntropy: boolean;
  evaluate(inputs: ObjectiveInputs): {
    readonly total: tf.Scalar;
    readonly scalars: Readonly<Record<string, tf.Scalar>>;
  };
}

export interface AccumulateOptions {
  /** Responses computed at once; 'auto': as many as a byte limit allows, a function of shapes alone. */
  readonly microBatch: number | 'auto';
}

export interface AccumulateReport {
  /** The scalars of each micro-batch, in the order computed; the loss total stands under `total`. */
  readonly parts: readonly Readonly<Record<string, number>>[];
  /** Token positions that were computed, prompts included, and how many of them were padding; not known of every policy. */
  readonly positions?: { readonly computed: number; readonly padding: number };
}

export interface StepRequest {
  readonly optimizer: Optimizer;
  readonly learningRate: number;
  readonly gradientNorm: number;
}

export interface StepReport {
  /** Optimizer steps taken, this one included. */
  readonly version: number;
  /** Settings of the optimizer that were not obeyed. */
  readonly ignored: readonly string[];
}

/**
 * The model that is trained. The loss is handed to the policy, not the graph to the trainer, so that one in this
 * process and one behind a protocol are the same to the Trainer. The order of calls is the order of effects.
 */
export interface Policy extends Lifecycle {
  readonly traits: PolicyTraits;
  generate(request: SampleRequest): Promise<Completion[]>;
  /** Without gradient. */
  logProbs(batch: PolicyBatch, options: LogProbsOptions): Promise<LogProbs>;
  /** Adds the gradient of the objective to what is accumulated. */
  accumulate(batch: PolicyBatch, objective: Objective, options: AccumulateOptions): Promise<AccumulateReport>;
  /** Global norm of what is accumulated. */
  gradientNorm(): Promise<number>;
  /** Forgets what is accumulated. */
  discard(): Promise<void>;
  /** Applies what is accumulated and clears it. */
  step(request: StepRequest): Promise<StepReport>;
  publish(options?: PublishOptions): Promise<PolicyVersion>;
  /** Frozen weights out of what their `state` gave; where `traits.snapshots` is 'frozen'. */
  reopen?(state: State): Promise<PolicyVersion>;
  /** Writes the weights into a folder and gives the reference that the factory loads. */
  save(folder: string): Promise<string>;
}
