import type { Spread } from './spread.js';
import type { BackendResult, GradientResult, StepsResult } from './task.js';
import type { Failure } from './run-task.js';

/** Which process measured. */
export interface Where {
  /** Version of Node: v24.21.0 */
  readonly node: string;
  readonly backend: string;
}

export type BackendFigures = Where & (BackendResult | Failure);

/** Of one configuration in one place; with several rounds a value a round, the middle one of its steps. */
export type StepFigures = Where & { readonly config: string; readonly what: string } & (StepsResult | Failure);

/** The same work in another program. */
export interface BaselineFigures {
  readonly config: string;
  readonly program: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly update: Spread;
  readonly tokensPerSecond: Spread;
  readonly step: Spread;
  readonly peakRssMiB: number;
}

export interface GrowthPoint {
  readonly value: number;
  readonly updateSeconds: number;
  readonly rolloutSeconds: number;
  readonly stepSeconds: number;
  readonly peakRssMiB: number;
  /** Beyond what the process takes before the first step. */
  readonly usedMiB: number;
}

/** Time and memory against one size, and the exponents p of c · sizeᵖ through the points. */
export type GrowthFigures = Where & {
  readonly config: string;
  readonly along: string;
} & (
    | {
        readonly points: readonly GrowthPoint[];
        readonly exponents: Readonly<Record<'update' | 'rollout' | 'step' | 'memory', number>>;
      }
    | Failure
  );

/** A forward and a backward pass of a decoder that fills memory. */
export type GradientFigures = Where & { readonly what: string } & (GradientResult | Failure);

export interface BenchmarkReport {
  readonly date: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  /** What two threads did more than one, before each round: 2 at best; see spin.ts. */
  readonly twoThreads: readonly number[];
  readonly backends: readonly BackendFigures[];
  readonly steps: readonly StepFigures[];
  readonly growth?: readonly GrowthFigures[];
  readonly gradients?: readonly GradientFigures[];
  readonly baseline?: readonly BaselineFigures[];
}
