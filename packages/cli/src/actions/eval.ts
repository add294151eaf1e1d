import path from 'node:path';
import { createRun, openRun, type Evaluation, type UserConfig } from '@dapo/core';
import { noHeldOutSet } from '../command-error.js';
import { engineOptions, overridesOf, type ExecOptions } from '../engine.js';
import { renderEvaluation } from '../render/evaluation-table.js';
import { RunView } from '../render/run-view.js';
import { findRun } from '../run-folder.js';
import { coloursOf, print, printJson } from '../terminal.js';

interface EvalOptions extends ExecOptions {
  readonly k?: number;
  readonly problems?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly threads?: number;
  readonly json?: true;
  readonly verbose?: true;
}

export async function evaluate(folder: string, options: EvalOptions): Promise<void> {
  const target = findRun(folder);
  const saved = await openRun(target.run);
  const checkpoint = target.checkpoint ?? saved.checkpoint;
  const { prompts } = saved.manifest.config as UserConfig;
  if (!prompts?.heldOut) throw noHeldOutSet(target.run);
  const view = new RunView(options);
  // Without a folder nothing of the run is touched: not its metrics, not its checkpoints.
  const run = await createRun(saved.config, {
    ...engineOptions(options, overridesOf({ threads: options.threads })),
    checkpoint,
    print: view.line,
  });
  try {
    const { k, problems, temperature, topP, json } = options;
    const settings = { ...run.config.evaluation, ...defined({ k, problems, temperature, topP }) };
    const started = performance.now();
    const evaluation = await run.evaluate(settings);
    const seconds = (performance.now() - started) / 1000;
    const name = path.relative(process.cwd(), checkpoint) || checkpoint;
    if (json) printJson({ checkpoint: name, ...settings, ...numbersOf(evaluation), seconds });
    else print(renderEvaluation(evaluation, { checkpoint: name, settings, seconds }, coloursOf(process.stdout)));
  } finally {
    await run.dispose();
  }
}

/** What was given on the command line. */
function defined<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}

function numbersOf({ step, k, problems, accuracy, passAt, majority, metrics }: Evaluation): object {
  return { step, k, problems, accuracy, passAt, majority, metrics };
}
