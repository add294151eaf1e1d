import type { BackendFacts } from '@dapo/core';
import type { Configuration } from './configurations.js';
import type { Spread } from './spread.js';

/** Where the rollout steps come from: a built-in configuration, or a config of the user's. */
export type Source =
  | { readonly kind: 'built-in'; readonly name: string; readonly configuration: Configuration }
  | { readonly kind: 'config'; readonly file?: string; readonly exec: boolean };

/** Whole rollout steps through the engine. */
export interface StepsTask {
  readonly kind: 'steps';
  readonly source: Source;
  /** Overrides of the config; the backend is one of them. */
  readonly set: readonly string[];
  /** Rollout steps before those that count. */
  readonly warmUp: number;
  readonly steps: number;
}

/** What the backend itself can do. */
export interface BackendTask {
  readonly kind: 'backend';
  readonly backend: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly repeats: number;
}

/** One forward and backward pass of a decoder with random weights. */
export interface GradientTask {
  readonly kind: 'gradient';
  readonly backend: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Options of the policy transformer. */
  readonly policy: Readonly<Record<string, unknown>>;
  readonly vocabulary: number;
  readonly rows: number;
  /** Tokens of a row; the first of them is its prompt. */
  readonly tokens: number;
  readonly repeats: number;
}

export type Task = StepsTask | BackendTask | GradientTask;

export interface StepsResult {
  /** Parameters of the config, as resolved. */
  readonly responses: number;
  readonly updates: number;
  readonly generatedTokens: number;
  /** Seconds of one update: gradient and optimizer step of a mini-batch. */
  readonly update: Spread;
  /** Seconds of the rollout: sampling, scoring, filtering, preparing. */
  readonly rollout: Spread;
  /** Generated tokens by the seconds of the rollout. */
  readonly tokensPerSecond: Spread;
  /** Seconds of the whole rollout step. */
  readonly step: Spread;
  readonly peakRssMiB: number;
  /** Before the first step, with the engine started. */
  readonly startRssMiB: number;
}

export interface BackendResult {
  readonly facts: BackendFacts;
  /** Shape [M×N×K] → GFLOP/s. */
  readonly products: Readonly<Record<string, Spread>>;
  /** Microseconds of an addition of two tensors of one element: what each operation costs at least. */
  readonly microsecondsPerOperation: Spread;
  readonly peakRssMiB: number;
}

export interface GradientResult {
  readonly parameters: number;
  /** Seconds of a forward and a backward pass, with the norm of the gradient. */
  readonly pass: Spread;
  readonly gradientNorm: number;
  readonly peakRssMiB: number;
}

export interface Results {
  readonly steps: StepsResult;
  readonly backend: BackendResult;
  readonly gradient: GradientResult;
}

/** What a child process sends when it is done. */
export type Answer =
  { readonly ok: true; readonly result: Results[keyof Results] } | { readonly ok: false; readonly message: string };
