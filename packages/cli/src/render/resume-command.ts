import type { ExecOptions } from '../engine.js';
import { commandLine } from '../invocation.js';

/** What a person typed after `dapo resume`, as far as it decides how the run goes on: its config doesn't have it. */
export interface TypedResume extends ExecOptions {
  readonly steps?: number;
  readonly threads?: number;
}

/**
 * The command that goes on with a run as it was gone on with now.
 *
 * @example resumeWith('runs/first', { steps: 200 }) → 'npx dapo resume runs/first --steps 200'
 */
export function resumeWith(folder: string, { steps, threads, exec = true }: TypedResume = {}): string {
  const flags = Object.entries({ steps, threads }).filter(([, value]) => value !== undefined);
  return commandLine(
    'resume',
    folder,
    ...flags.flatMap(([name, value]) => [`--${name}`, String(value)]),
    ...(exec ? [] : ['--no-exec']),
  );
}
