import { changesSince, createRun, DapoProblems, openRun, resolveUserConfig } from '@dapo/core';
import { runFinished } from '../command-error.js';
import { engineOptions, overridesOf } from '../engine.js';
import { RunView, type ViewOptions } from '../render/run-view.js';
import { findRun } from '../run-folder.js';
import { driveRun } from './drive-run.js';

interface ResumeOptions extends ViewOptions {
  readonly steps?: number;
}

export async function resume(folder: string, options: ResumeOptions): Promise<void> {
  const { run: runFolder } = findRun(folder);
  const { manifest, config } = await openRun(runFolder);
  const engine = engineOptions(overridesOf({ steps: options.steps }));
  const { plugins, problems } = await resolveUserConfig(config, engine);
  if (problems.length > 0) throw new DapoProblems(problems);
  const view = new RunView(options);
  const changes = changesSince(manifest, plugins);
  if (changes.length > 0)
    view.warn(
      `not all is as it was when the run was started:\n${changes.map((line) => `  ${line}`).join('\n')}`,
    );
  const run = await createRun(config, {
    ...engine,
    folder: runFolder,
    resume: true,
    print: view.line,
    onWarnings: view.warnings,
  });
  if (run.step >= run.config.budget.rolloutSteps) {
    await run.dispose();
    throw runFinished(runFolder, run.step);
  }
  view.line(`going on after step ${run.step}`);
  await driveRun(run, view, undefined);
}
