import { fileOutsideRun, manifestBroken } from '../errors/training-errors.js';
import type { Json } from '../contracts/index.js';
import type { RunFolder } from '../plugin/tokens.js';
import { checkpointName } from './checkpoint.js';
import type { EvaluatedProblem, Evaluation } from './evaluate.js';
import { shareOf, type Share } from './evaluation-statistics.js';
import type { Host } from './host.js';

/** The folder of a run as plugins see it; without a path nothing is written. */
export function openRunFolder(host: Host, path: string | undefined): RunFolder {
  if (path === undefined) {
    const nothing = (): Promise<void> => Promise.resolve();
    return { path: '', write: nothing, append: nothing, truncate: nothing, size: () => Promise.resolve(0) };
  }
  const within = (name: string): string => {
    const file = host.join(path, name);
    const way = host.relative(path, file);
    if (way === '' || /^\.\.(?:[\\/]|$)/.test(way)) throw fileOutsideRun(name, path);
    return file;
  };
  return {
    path,
    write: async (name, content) => host.write(within(name), content),
    append: async (name, content) => host.append(within(name), content),
    truncate: async (name, bytes) => host.truncate(within(name), bytes),
    size: async (name) => host.size(within(name)),
  };
}

/** Takes away what a run has written, and nothing else that may lie in its folder. */
export async function clearRunFolder(host: Host, folder: string): Promise<void> {
  for (const name of ['manifest.json', 'metrics.jsonl', 'evaluations', 'checkpoints'])
    await host.remove(host.join(folder, name));
}

function evaluationFile(step: number): string {
  return `evaluations/${checkpointName(step)}.jsonl`;
}

/** One line a problem: what was asked, what was answered. */
export async function writeEvaluation(folder: RunFolder, evaluation: Evaluation): Promise<void> {
  const lines = evaluation.completions.map((problem) => JSON.stringify(problem));
  await folder.write(evaluationFile(evaluation.step), `${lines.join('\n')}\n`);
}

/** Share of right answers of each problem at a step; undefined where that evaluation was never made. */
export async function readShares(host: Host, folder: string, step: number): Promise<Share[] | undefined> {
  const text = await host.readText(host.join(folder, evaluationFile(step)));
  return text
    ?.trimEnd()
    .split('\n')
    .map((line) => shareOf((JSON.parse(line) as EvaluatedProblem).answers));
}

/** What a run was: enough to repeat it and to say what was different. */
export interface RunManifest {
  readonly format: 1;
  readonly name: string;
  readonly startedAt: string;
  readonly seed: number;
  /** As a person would write it; resume reads it back. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Config path → where its value came from. */
  readonly origins: Readonly<Record<string, string>>;
  readonly configFolder: string;
  readonly engine: Readonly<Record<string, string>>;
  /** Package → SHA-256 of its code; absent in runs that were begun before it was recorded. */
  readonly code?: Readonly<Record<string, string>>;
  /** Config path → plugin, with its origin and hash. */
  readonly plugins: Readonly<Record<string, ManifestPlugin>>;
  readonly data: Readonly<Record<string, string>>;
  readonly backend: Readonly<Record<string, Json>>;
  readonly machine: Readonly<Record<string, string | number>>;
}

export interface ManifestPlugin {
  readonly kind: string;
  readonly name: string;
  readonly origin: string;
  /** Of its code; absent where it isn't known. */
  readonly hash?: string;
  /** File that it begins with, from the config's folder on → SHA-256; of a file that isn't there «missing». */
  readonly files?: Readonly<Record<string, string>>;
  /** Files of the user's own that it works with. */
  readonly modules?: readonly { readonly file: string; readonly hash: string }[];
}

export async function readRunManifest(host: Host, folder: string): Promise<RunManifest | undefined> {
  const text = await host.readText(host.join(folder, 'manifest.json'));
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as RunManifest;
  } catch (cause) {
    throw manifestBroken(host.join(folder, 'manifest.json'), cause);
  }
}
