import type { Prompt } from './data.js';
import type { Lifecycle } from './stateful.js';

/** Gives prompts. It repeats in a new seeded order, with `visit` + 1, when it has been through. */
export interface PromptSource extends Lifecycle {
  /** Number of different prompts. */
  readonly size: number;
  /** The next `n` prompts; fewer only where the source doesn't repeat and has run dry. */
  next(n: number): Promise<Prompt[]>;
  /** The first `n` prompts in the source's own fixed order, without moving it. */
  take(n: number): Promise<Prompt[]>;
  /** What the manifest says of the data: a hash, and where they come from. */
  readonly fingerprint: string;
}
