import type { ExecOptions } from './engine.js';
import { commandLine } from './invocation.js';

/** What a person typed after `dapo train`, as far as it decides what is trained. */
export interface TypedTrain extends ExecOptions {
  readonly file?: string;
  readonly set?: readonly string[];
  readonly steps?: number;
  readonly seed?: number;
  readonly backend?: string;
  readonly threads?: number;
}

/**
 * The same command with one override more, in the place of those of its path.
 *
 * @example trainWith({ steps: 20, set: ['loss.clip=clip-higher', 'name=x'] }, 'loss.clip=clip')
 *   → "npx dapo train --set name=x --steps 20 --set loss.clip=clip"
 */
export function trainWith(typed: TypedTrain, override: string): string {
  const [path] = override.split('=');
  const others = (typed.set ?? []).filter((set) => !set.startsWith(`${path!}=`) && !set.startsWith(`${path!}.`));
  return commandLine(...words({ ...typed, set: others }), '--set', override);
}

/** The same command with another seed. */
export function trainWithSeed(typed: TypedTrain, seed: number): string {
  return commandLine(...words({ ...typed, seed }));
}

function words({ file, set = [], exec = true, steps, backend, threads, seed }: TypedTrain): string[] {
  const flags = Object.entries({ steps, backend, threads, seed }).filter(([, value]) => value !== undefined);
  return [
    'train',
    ...(file === undefined ? [] : [file]),
    ...set.flatMap((override) => ['--set', override]),
    ...(exec ? [] : ['--no-exec']),
    ...flags.flatMap(([name, value]) => [`--${name}`, String(value)]),
  ];
}
