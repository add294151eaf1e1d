import { budgetUsed, changesSince, createRun, DapoProblems, openRun, resolveUserConfig } from '@dapo/core';
import { runFinished } from '../command-error.js';
import { engineOptions, overridesOf } from '../engine.js';
import type { TypedResume } from '../render/resume-command.js';
import { RunView, type ViewOptions } from '../render/run-view.js';
import { findRun } from '../run-folder.js';
import { driveRun } from './drive-run.js';

interface ResumeOptions extends ViewOptions, TypedResume {}

export async function resume(folder: string, options: ResumeOptions): Promise<void> {
  const { run: runFolder } = findRun(folder);
  const saved = await openRun(runFolder);
  const { manifest, config } = saved;
  const engine = engineOptions(options, overridesOf({ steps: options.steps, threads: options.threads }));
  const { config: resolved, plugins, problems } = await resolveUserConfig(config, engine);
  if (!resolved || problems.length > 0) throw new DapoProblems(problems);
  const { part, used, bound } = await budgetUsed(saved, resolved);
  if (used >= bound) throw runFinished(runFolder, part, bound);
  const view = new RunView(options);
  const changes = await changesSince(manifest, plugins, engine);
  if (changes.length > 0)
    view.warn(`not all is as it was when the run was started:\n${changes.map((line) => `  ${line}`).join('\n')}`);
  const run = await createRun(config, {
    ...engine,
    folder: runFolder,
    resume: true,
    print: view.line,
    onWarnings: view.warnings,
  });
  view.line(`going on after step ${run.step}`);
  await driveRun(run, view, { resume: options });
}
