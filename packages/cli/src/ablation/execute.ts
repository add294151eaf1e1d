import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { exitCodes } from '../exit-codes.js';
import { hasCheckpoint } from '../run-folder.js';
import { runDapo, type ProcessEnd, type ProgressRecord } from './run-process.js';
import { readRunResult, type RunResult } from './run-result.js';
import { isRunning } from './study-folder.js';

/** One config with one seed. */
export interface StudyRun {
  readonly variant: string;
  readonly seed: number;
  readonly folder: string;
  /** What `dapo train` is told, without the folder and the seed. */
  readonly train: readonly string[];
}

export interface ExecutedRun extends StudyRun {
  readonly state: RunResult['state'] | 'failed' | 'not begun';
  readonly result?: RunResult;
  /** The end of what a failed run said. */
  readonly failure?: string;
}

export interface StudyProgress {
  readonly kind: 'shared' | 'found' | 'started' | 'resumed' | 'record' | 'ended' | 'retried';
  readonly run: StudyRun;
  readonly record?: ProgressRecord;
  readonly executed?: ExecutedRun;
  readonly failure?: string;
  /** The folder of an equal run that was taken over. */
  readonly from?: string;
}

export interface ExecuteOptions {
  /** Processes at once. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: StudyProgress) => void;
}

/** How often a run that failed is begun again, or gone on with. */
const RETRIES = 1;

/**
 * Runs whatever is not done yet: a finished run is not run again, one that was broken off goes on from its newest
 * checkpoint. None is left out of what comes back.
 */
export async function executeRuns(runs: readonly StudyRun[], options: ExecuteOptions): Promise<ExecutedRun[]> {
  const executed: ExecutedRun[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < runs.length) {
      const place = next++;
      executed[place] = await executeRun(runs[place]!, options);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, runs.length) }, worker));
  return executed;
}

async function executeRun(run: StudyRun, { signal, onProgress }: ExecuteOptions): Promise<ExecutedRun> {
  await awaitOrphan(run);
  const before = await readRunResult(run.folder);
  if (before && before.state !== 'unfinished') {
    const executed = { ...run, state: before.state, result: before };
    onProgress({ kind: 'found', run, executed });
    return executed;
  }
  for (let attempt = 0; ; attempt++) {
    if (signal.aborted) return ended(run, await readRunResult(run.folder));
    const resumes = hasCheckpoint(run.folder);
    onProgress({ kind: attempt > 0 ? 'retried' : resumes ? 'resumed' : 'started', run });
    const end = await runProcess(run, resumes, signal, (record) => onProgress({ kind: 'record', run, record }));
    const failure = failureOf(end, signal);
    if (failure !== undefined && attempt < RETRIES) continue;
    const executed = ended(run, await readRunResult(run.folder), failure);
    onProgress({ kind: 'ended', run, executed });
    return executed;
  }
}

async function runProcess(
  run: StudyRun,
  resumes: boolean,
  signal: AbortSignal,
  onRecord: (record: ProgressRecord) => void,
): Promise<ProcessEnd> {
  const args = resumes
    ? ['resume', run.folder, '--json', ...run.train.filter((word) => word === '--no-exec')]
    : ['train', ...run.train, '--seed', String(run.seed), '--out', run.folder, '--json'];
  await mkdir(path.dirname(run.folder), { recursive: true });
  let noted: Promise<void> = Promise.resolve();
  const end = await runDapo(args, {
    signal,
    onRecord,
    onStart: (pid) => void (noted = writeFile(processFile(run), String(pid))),
  });
  await noted;
  await rm(processFile(run), { force: true });
  return end;
}

function failureOf({ code, output }: ProcessEnd, signal: AbortSignal): string | undefined {
  if (code === exitCodes.done || code === exitCodes.guard) return undefined;
  if (signal.aborted || code === exitCodes.interrupted) return undefined;
  return output === '' ? `it ended with exit code ${code ?? 'none: it was killed'}` : output;
}

function ended(run: StudyRun, result: RunResult | undefined, failure?: string): ExecutedRun {
  if (failure !== undefined) return { ...run, state: 'failed', result, failure };
  return { ...run, state: result?.state ?? 'not begun', result };
}

function processFile({ folder }: StudyRun): string {
  return `${folder}.pid`;
}

/** The run of a runner that was killed saves and ends once it finds its pipe closed: two must not write one run. */
async function awaitOrphan(run: StudyRun): Promise<void> {
  const file = processFile(run);
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8'));
  while (isRunning(pid, run.folder)) await wait(100);
  await rm(file, { force: true });
}
