/** What is wrong in a plugin file, or could be better. */
export interface Finding {
  readonly line: number;
  /** Permanent name of what was looked for: `option-described`. */
  readonly rule: string;
  /** A warning may be meant so; an error is never. */
  readonly level: 'error' | 'warning';
  readonly message: string;
  /** What to do. */
  readonly hint: string;
}
