import type { tf } from '../tensors/tf.js';

/** What a metric is averaged over and how: plugins return values, the engine reduces. */
export interface MetricDeclaration {
  /** tokens: of the loss mask · responses · groups · step: one value a step. */
  readonly over: 'tokens' | 'responses' | 'groups' | 'step';
  readonly reduce: 'mean' | 'sum' | 'min' | 'max';
  /** 'share', 'nats', 'tokens', 'reward', … */
  readonly unit: string;
  readonly meaning: string;
  /** How it looks in a run that goes well. */
  readonly healthy?: string;
  /** How it looks in one that doesn't. */
  readonly worrying?: string;
  /** What to do then. */
  readonly advice?: string;
}

export type MetricDeclarations = Readonly<Record<string, MetricDeclaration>>;

/** Metrics that leave a tensor function: one value per token [R, T] or per response [R]. */
export type MetricTensors = Readonly<Record<string, tf.Tensor>>;

/** Finished metrics under their full names (`loss/clip-fraction`). */
export type Metrics = Record<string, number>;

/** Handed to a plugin by `tokens.metrics`: records values of the metrics that the plugin has declared. */
export interface MetricRecorder {
  /** Adds one value. Throws where the plugin has not declared `name`. */
  record(name: string, value: number): void;
}
