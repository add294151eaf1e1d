import type { Run, RunSummary } from '@dapo/core';
import { exitCodes } from '../exit-codes.js';
import { listenForInterrupt } from '../interrupt.js';
import { resumeWith, type TypedResume } from '../render/resume-command.js';
import { renderSummary, type Typed } from '../render/run-summary.js';
import type { RunView } from '../render/run-view.js';
import { hasCheckpoint } from '../run-folder.js';
import { readRunHistory } from '../run-history.js';
import { coloursOf, onClosedPipe } from '../terminal.js';
import { writeCurves } from '../write-curves.js';

const exitCodeOf: Readonly<Record<RunSummary['reason'], number>> = {
  budget: exitCodes.done,
  stopped: exitCodes.interrupted,
  guard: exitCodes.guard,
};

/** Trains a run to its end under the eyes of a person, and says how it went. */
export async function driveRun(run: Run, view: RunView, typed: Typed): Promise<void> {
  const interrupt = listenForInterrupt(() => view.stopping());
  onClosedPipe(() => interrupt.stop());
  view.follow(run);
  try {
    const summary = await run.train({ signal: interrupt.signal });
    await close(run, view, summary, typed);
    process.exitCode = exitCodeOf[summary.reason];
  } catch (error) {
    view.close();
    await keepWhatThereIs(run, view, typed.resume);
    throw error;
  } finally {
    interrupt.dispose();
    view.close();
    await run.dispose();
  }
}

async function close(run: Run, view: RunView, summary: RunSummary, typed: Typed): Promise<void> {
  const { config, folder } = run;
  const history = folder === undefined ? undefined : await readRunHistory(folder);
  const curves = folder !== undefined && history ? await writeCurves(folder, history, config) : undefined;
  const text = renderSummary({ summary, config, history, curves, typed }, coloursOf(process.stdout));
  view.finish(text, { kind: 'summary', ...summary, curves });
}

/** A run that broke off still has its curves, and may go on from its last checkpoint. */
async function keepWhatThereIs({ folder, config }: Run, view: RunView, typed?: TypedResume): Promise<void> {
  if (folder === undefined) return;
  const history = await readRunHistory(folder);
  if (history) await writeCurves(folder, history, config);
  const next = hasCheckpoint(folder)
    ? `from its last checkpoint it goes on with ${resumeWith(folder, typed)}`
    : 'the same command begins it again';
  view.warn(`the run broke off; ${next}\n`);
}
