import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { createRun, loadConfig } from '@dapo/core';
import { folderTaken } from '../command-error.js';
import { engineOptions, overridesOf, type ExecOptions } from '../engine.js';
import { commandLine } from '../invocation.js';
import { duration } from '../render/format.js';
import { RunView, type ViewOptions } from '../render/run-view.js';
import { print } from '../terminal.js';

interface SftOptions extends ViewOptions, ExecOptions {
  readonly set?: readonly string[];
  readonly out: string;
  readonly steps: number;
  readonly batch: number;
  readonly seed?: number;
  readonly backend?: string;
  readonly threads?: number;
}

/** Lines that a fine-tuning prints, whatever its length. */
const LINES = 20;

export async function fineTune(file: string | undefined, options: SftOptions): Promise<void> {
  const { out, steps, batch, json } = options;
  if (existsSync(out) && readdirSync(out).length > 0) throw folderTaken(out);
  const engine = engineOptions(options);
  const { set, seed, backend, threads } = options;
  const loaded = await loadConfig({ ...engine, file, set: overridesOf({ set, seed, backend, threads }) });
  const view = new RunView(options);
  const run = await createRun(loaded, { ...engine, print: view.line, onWarnings: view.warnings });
  try {
    const started = performance.now();
    const losses = await run.fineTune({ steps, batch }, (step, loss) => {
      if (json) print(JSON.stringify({ kind: 'step', step, loss }));
      else if (step === 1 || step === steps || step % Math.ceil(steps / LINES) === 0)
        view.line(lossLine(step, steps, loss, started));
    });
    const policy = await run.savePolicy(out);
    const checkpoint = `policy.checkpoint=${fromFolder(loaded.folder, out)}`;
    const train = commandLine('train', ...(file ? [file] : []), '--set', checkpoint);
    view.finish(`\nSaved ${policy}. Train from it:\n  ${train}`, {
      kind: 'summary',
      policy,
      firstLoss: losses.at(0),
      lastLoss: losses.at(-1),
    });
  } finally {
    await run.dispose();
  }
}

/** A path as a config in this folder names it: there paths start from the config, here from the working folder. */
function fromFolder(folder: string, place: string): string {
  return path.isAbsolute(place) ? place : path.relative(folder, place);
}

function lossLine(step: number, steps: number, loss: number, started: number): string {
  const elapsed = (performance.now() - started) / 1000;
  const left = (elapsed / step) * (steps - step);
  const place = `${String(step).padStart(String(steps).length)}/${steps}`;
  return `${place}  loss ${loss.toFixed(4)} nats per token  ${duration(elapsed)}, about ${duration(left)} left`;
}
