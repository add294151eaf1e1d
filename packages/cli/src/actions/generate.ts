import path from 'node:path';
import { createRun, loadConfig, openRun, type Run, type SampledPrompt } from '@dapo/core';
import { nothingToSampleFrom } from '../command-error.js';
import { engineOptions, overridesOf, type ExecOptions } from '../engine.js';
import { RunView } from '../render/run-view.js';
import { findRun } from '../run-folder.js';
import { coloursOf, print, printJson } from '../terminal.js';

interface GenerateOptions extends ExecOptions {
  readonly run?: string;
  readonly policy?: string;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly n: number;
  readonly temperature?: number;
  readonly maxLength?: number;
  readonly seed?: number;
  readonly threads?: number;
  readonly json?: true;
  readonly verbose?: true;
}

export async function generate(prompts: readonly string[], options: GenerateOptions): Promise<void> {
  const { n, temperature, maxLength, json } = options;
  const { run, source } = await open(options);
  try {
    const sampled = await run.sample(prompts, {
      n,
      ...(temperature !== undefined && { temperature }),
      ...(maxLength !== undefined && { maxResponseLength: maxLength }),
    });
    if (json) printJson({ source, prompts: sampled });
    else print(sampled.map(render).join('\n\n'));
  } finally {
    await run.dispose();
  }
}

/** Without a folder nothing of a run is touched. */
async function open(options: GenerateOptions): Promise<{ readonly run: Run; readonly source: string }> {
  const { run: folder, policy, config, set = [], seed, threads } = options;
  const view = new RunView({ json: true });
  if (folder !== undefined) {
    const target = findRun(folder);
    const saved = await openRun(target.run);
    const checkpoint = target.checkpoint ?? saved.checkpoint;
    const engine = engineOptions(options, overridesOf({ seed, threads }));
    return {
      run: await createRun(saved.config, { ...engine, checkpoint, print: view.line }),
      source: checkpoint,
    };
  }
  if (policy === undefined) throw nothingToSampleFrom();
  const overrides = [...overridesOf({ set, seed, threads }), `policy.checkpoint=${path.resolve(policy)}`];
  const engine = engineOptions(options);
  const loaded = await loadConfig({ ...engine, file: config, set: overrides });
  return { run: await createRun(loaded, { ...engine, trains: false, print: view.line }), source: policy };
}

function render({ prompt, answers }: SampledPrompt): string {
  const { bold, dim } = coloursOf(process.stdout);
  const lines = answers.map(({ text, length, finish }) => {
    const end = finish === 'stop' ? '' : ', cut off';
    return `  ${text}  ${dim(`(${length} token${length === 1 ? '' : 's'}${end})`)}`;
  });
  return [bold(prompt), ...lines].join('\n');
}
