import { createRun, DapoProblems, loadConfig, resolveUserConfig } from '@dapo/core';
import { engineOptions, overridesOf } from '../engine.js';
import { RunView, type ViewOptions } from '../render/run-view.js';
import { makeRunFolder, removeEmptyFolder } from '../run-folder.js';
import type { TypedTrain } from '../train-command.js';
import { driveRun } from './drive-run.js';

interface TrainOptions extends ViewOptions, Omit<TypedTrain, 'file'> {
  readonly out?: string;
}

export async function train(file: string | undefined, options: TrainOptions): Promise<void> {
  const engine = engineOptions(options);
  const loaded = await loadConfig({ ...engine, file, set: overridesOf(options) });
  const { config, problems } = await resolveUserConfig(loaded, engine);
  if (!config) throw new DapoProblems(problems);
  const folder = options.out ?? makeRunFolder(config.name, new Date());
  const view = new RunView(options);
  const run = await createRun(loaded, { ...engine, folder, print: view.line, onWarnings: view.warnings }).catch(
    (error: unknown) => {
      if (options.out === undefined) removeEmptyFolder(folder);
      throw error;
    },
  );
  await driveRun(run, view, { train: { ...options, ...(file !== undefined && { file }) } });
}
