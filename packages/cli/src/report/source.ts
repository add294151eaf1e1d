import type { RunManifest } from '@dapo/core';
import type { ExecutedRun } from '../ablation/execute.js';
import type { StudyFacts } from '../ablation/study-report.js';
import type { RunHistory } from '../run-history.js';

/** A run with all that a report shows of it. */
export interface ReportRun extends Pick<ExecutedRun, 'variant' | 'seed' | 'folder' | 'state' | 'result' | 'failure'> {
  readonly history?: RunHistory;
  readonly manifest?: RunManifest;
}

/** A study, or runs that were put beside each other. */
export interface ReportSource {
  readonly kind: 'study' | 'runs';
  readonly folder: string;
  /** The command that made it, where it is known. */
  readonly command?: string;
  readonly facts: Omit<StudyFacts, 'runs'> & { readonly runs: readonly (ExecutedRun & ReportRun)[] };
}

export function runsOf({ facts }: ReportSource, variant: string): ReportSource['facts']['runs'] {
  return facts.runs.filter((run) => run.variant === variant);
}
