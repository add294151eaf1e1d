import type { ConfigOptions } from '@dapo/core';
import * as plugins from '@dapo/plugins';
import { nameCode } from './known-code.js';

/** What commands that load a config have in common. */
export interface ExecOptions {
  /** False with --no-exec. */
  readonly exec?: boolean;
}

/** What the engine is handed by this program: the shipped plugins, shared with the user's own files. */
export function engineOptions({ exec = true }: ExecOptions = {}, set: readonly string[] = []): ConfigOptions {
  return {
    manifests: [plugins.default],
    set,
    virtualModules: { '@dapo/plugins': plugins },
    noExec: !exec,
    onCode: nameCode,
  };
}

interface ShortOptions {
  readonly set?: readonly string[];
  readonly seed?: number;
  readonly steps?: number;
  readonly backend?: string;
  readonly threads?: number;
}

/** `--seed 2` is short for `--set seed=2`, and so on. They stand last: they win. */
export function overridesOf({ set = [], seed, steps, backend, threads }: ShortOptions): string[] {
  const overrides = [...set];
  if (seed !== undefined) overrides.push(`seed=${seed}`);
  if (steps !== undefined) overrides.push(`budget.rolloutSteps=${steps}`);
  if (backend !== undefined) overrides.push(`backend=${backend}`);
  if (threads !== undefined) overrides.push(`backend.threads=${threads}`);
  return overrides;
}
