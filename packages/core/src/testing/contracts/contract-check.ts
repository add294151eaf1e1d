import type { Contracts, Kind } from '../../plugin/kinds.js';
import type { Subject } from './subject.js';

/**
 * What a check has found: undefined where all is well, else a text that says what is wrong and what mends
 * it.
 */
export type Finding = string | undefined;

/** One thing that a contract asks of every plugin of its kind. */
export interface ContractCheck<K extends Kind = Kind> {
  /** What must hold, said of the plugin: `follows the order of the responses`. */
  readonly name: string;
  find(subject: Subject<K>): Promise<Finding>;
  /** Where it fails the checks after it mean nothing, and are not run. */
  readonly decides?: boolean;
}

/** All that a contract asks. */
export interface ContractSuite<K extends Kind = Kind> {
  /** Functions that an instance must have. */
  readonly methods: readonly string[];
  /**
   * Uses an instance once, as the engine would, and gives what came out as plain data. It is called again
   * and again; `turn` counts from 0. Equal turns must come to the same.
   */
  use(instance: Contracts[K], subject: Subject<K>, turn: number): Promise<unknown>;
  /** Another instance that goes on where the first one is; by default a fresh one, which is restored. */
  reopen?(instance: Contracts[K], subject: Subject<K>): Promise<Contracts[K]>;
  readonly checks: readonly ContractCheck<K>[];
}

/** Looks at one instance after another until something is found. */
export async function findFirst<T>(cases: Iterable<T>, find: (of: T) => Promise<Finding>): Promise<Finding> {
  for (const of of cases) {
    const found = await find(of);
    if (found !== undefined) return found;
  }
  return undefined;
}
