/** What `dapo explain CODE` and the reference say of an error, beyond its text. */
export interface ErrorExplanation {
  /** What it is, in a few words. */
  readonly title: string;
  /** How one comes to see it. */
  readonly why: string;
  /** What to do about it. */
  readonly remedy: string;
  /** The command to run next. */
  readonly next: string;
}

/** Code → explanation. */
export type ErrorExplanations = Readonly<Record<`DAPO_${string}`, ErrorExplanation>>;
