import type { Lifecycle } from './stateful.js';

export type BackendAvailability =
  | { readonly ok: true; readonly detail: string }
  | { readonly ok: false; readonly reason: string; readonly remedy: string };

/** Facts about a started backend, for the manifest: kernels, threads, versions. */
export type BackendFacts = Readonly<Record<string, string | number | boolean>>;

/** The tensor backend of the process: every run in it shares one. */
export interface Backend extends Lifecycle {
  /** Its name within TensorFlow.js. */
  readonly name: string;
  /** Equal inputs give equal bits on the same machine, versions and threads. */
  readonly deterministic: boolean;
  /** Bytes that all tensors together can take; left out where the machine's memory is the limit. */
  readonly memoryLimit?: number;
  /** Bytes that a single tensor can take, known once it has started; left out where all memory may be one tensor's. */
  readonly tensorLimit?: number | undefined;
  available(): Promise<BackendAvailability>;
  /** Makes it TensorFlow.js's current backend. Throws a DapoError where it can't start. */
  start(): Promise<BackendFacts>;
}
