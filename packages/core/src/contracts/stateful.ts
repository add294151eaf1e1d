import type { tf } from '../tensors/tf.js';

/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** State of a part of a run: JSON, and tensors by name. */
export interface State {
  readonly json: Json;
  readonly tensors?: Readonly<Record<string, SavedTensor>>;
}

/** A tensor as a checkpoint holds it: float32, row-major. */
export interface SavedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A part that a checkpoint saves under its config path. Every contract may be stateful. */
export interface Stateful {
  state(): State | Promise<State>;
  restore(state: State): void | Promise<void>;
}

/** A part that holds tensors or handles. Called once, when the run ends. */
export interface Disposable {
  dispose(): void | Promise<void>;
}

/** What any instance that a plugin creates may also be. */
export type Lifecycle = Partial<Stateful> & Partial<Disposable>;

/** Named tensors, such as a policy's parameters. */
export type NamedTensors = Readonly<Record<string, tf.Tensor>>;
