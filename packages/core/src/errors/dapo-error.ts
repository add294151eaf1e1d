/** Where in a file something is wrong; lines and columns count from 1. */
export interface Location {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface DapoErrorFields {
  /** Permanent, never reused: `DAPO_CONFIG_UNKNOWN_PLUGIN`. */
  readonly code: `DAPO_${string}`;
  /** What is wrong, one sentence. */
  readonly message: string;
  /** Path in the config: `loss.clip.low`. */
  readonly path?: string;
  readonly location?: Location;
  /** Rollout step of a run, from 0. */
  readonly step?: number;
  readonly expected?: string;
  readonly received?: string;
  /** The nearest valid name. */
  readonly nearest?: string;
  /** What to do. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The only error that the engine throws on purpose. Its text: what, where, expected, nearest, what to do. */
export class DapoError extends Error {
  override readonly name = 'DapoError';
  readonly code: `DAPO_${string}`;
  readonly path?: string;
  readonly location?: Location;
  /** Rollout step of a run, from 0. */
  readonly step?: number;
  readonly expected?: string;
  readonly received?: string;
  readonly nearest?: string;
  readonly hint?: string;

  constructor(fields: DapoErrorFields) {
    super(describe(fields), { cause: fields.cause });
    this.code = fields.code;
    this.path = fields.path;
    this.location = fields.location;
    this.step = fields.step;
    this.expected = fields.expected;
    this.received = fields.received;
    this.nearest = fields.nearest;
    this.hint = fields.hint;
  }
}

/** Recognises an error of the engine, one from a second copy of the core included. */
export function isDapoError(error: unknown): error is DapoError {
  return error instanceof Error && error.name === 'DapoError' && 'code' in error;
}

/** What is wrong, without where and what to do. */
export function sentenceOf({ message }: DapoError): string {
  return message.split('\n')[0]!;
}

function describe(fields: DapoErrorFields): string {
  const lines = [fields.message];
  const place = [
    fields.path && `at ${fields.path}`,
    fields.location && `in ${formatLocation(fields.location)}`,
    fields.step !== undefined && `in rollout step ${fields.step + 1}`,
  ];
  if (place.some(Boolean)) lines.push(`  where:    ${place.filter(Boolean).join(', ')}`);
  if (fields.expected) lines.push(`  expected: ${fields.expected}`);
  if (fields.received) lines.push(`  received: ${fields.received}`);
  if (fields.nearest) lines.push(`  nearest:  ${fields.nearest}`);
  if (fields.hint) lines.push(`  do:       ${fields.hint}`);
  return lines.join('\n');
}

export function formatLocation({ file, line, column }: Location): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

/** Several problems at once, shown together. */
export class DapoProblems extends DapoError {
  constructor(readonly problems: readonly DapoError[]) {
    super({
      code: 'DAPO_PROBLEMS',
      message: `${problems.length} problem${problems.length === 1 ? '' : 's'} found.\n\n${problems.map((p) => p.message).join('\n\n')}`,
    });
  }
}
