import { writeFileSync } from 'node:fs';
import { DapoProblems, loadConfig, resolveUserConfig } from '@dapo/core';
import { configWithConfigurations, unknownConfiguration } from '../benchmark/benchmark-errors.js';
import { choose } from '../benchmark/choose-backends.js';
import { CONFIGURATIONS } from '../benchmark/configurations.js';
import { renderBenchmark } from '../benchmark/render-benchmark.js';
import { runBenchmark } from '../benchmark/run-benchmark.js';
import { failed } from '../benchmark/run-task.js';
import type { Source } from '../benchmark/task.js';
import { engineOptions, type ExecOptions } from '../engine.js';
import { exitCodes } from '../exit-codes.js';
import { coloursOf, print, printAside, printJson } from '../terminal.js';

interface BenchOptions extends ExecOptions {
  readonly configs?: readonly string[];
  readonly backends?: readonly string[];
  readonly steps: number;
  readonly threads?: number;
  readonly set?: readonly string[];
  readonly growth?: true;
  readonly out?: string;
  readonly json?: true;
}

/** Measures a config of the user's or built-in ones on this Node, and prints or writes what came of it. */
export async function bench(file: string | undefined, options: BenchOptions): Promise<void> {
  const { configs, steps, threads, set = [], exec = true, growth, out, json } = options;
  if (file !== undefined && configs) throw configWithConfigurations(file);
  const sources =
    file === undefined
      ? builtInSources(configs ?? Object.keys(CONFIGURATIONS))
      : [{ kind: 'config' as const, file, exec }];
  const sizes = file === undefined ? {} : await sizesOf(file, options);
  const report = await runBenchmark(
    {
      sources,
      runtimes: [{ node: process.execPath, version: process.version }],
      backends: await choose(options.backends, threads),
      set,
      warmUp: 1,
      steps,
      rounds: 1,
      ...(growth && { growth: sizes }),
    },
    (what) => printAside(coloursOf(process.stderr).dim(`measuring ${what}`)),
  );
  if (out !== undefined) writeFileSync(out, `${JSON.stringify(report, null, 2)}\n`);
  if (json) printJson(report);
  else print(renderBenchmark(report, coloursOf(process.stdout)));
  if (report.steps.every(failed)) process.exitCode = exitCodes.failed;
}

/** By name. @throws CommandError where there is none of it */
export function builtInSources(names: readonly string[]): Source[] {
  return names.map((name) => {
    const configuration = CONFIGURATIONS[name];
    const known = Object.keys(CONFIGURATIONS);
    if (!configuration)
      throw unknownConfiguration(
        name,
        known,
        known.find((one) => one === name.toUpperCase()),
      );
    return { kind: 'built-in', name, configuration };
  });
}

/** What `--growth` can change in a config: the sizes of the rollout, and those of a fresh policy. */
async function sizesOf(file: string, { set = [], exec }: BenchOptions): Promise<Record<string, number>> {
  const engine = engineOptions({ exec });
  const { config, problems } = await resolveUserConfig(await loadConfig({ ...engine, file, set }), engine);
  if (!config) throw new DapoProblems(problems);
  const { groupSize, maxResponseLength } = config.rollout;
  const { checkpoint, hiddenSize, layers } = config.policy.options as Readonly<Record<string, unknown>>;
  return {
    'rollout.groupSize': groupSize,
    'rollout.maxResponseLength': maxResponseLength,
    ...(checkpoint === undefined && typeof hiddenSize === 'number' && { 'policy.hiddenSize': hiddenSize }),
    ...(checkpoint === undefined && typeof layers === 'number' && { 'policy.layers': layers }),
  };
}
