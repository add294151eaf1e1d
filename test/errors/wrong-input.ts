import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRun, loadConfig, validate, type DapoError, type PluginManifest } from '@dapo/core';
import { testingManifest } from '@dapo/core/testing';
import * as plugins from '@dapo/plugins';
import { expect, test } from 'vitest';
import { describeError } from '../../packages/cli/src/report-error.js';
import { coloursOf } from '../../packages/cli/src/terminal.js';

/** What a person did wrong: keys of a config, overrides, files. */
export interface WrongInput {
  /** YAML on top of the base config. */
  readonly config?: string;
  readonly set?: readonly string[];
  /** Name → content, beside the config. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Another config than dapo.config.yaml. */
  readonly file?: string;
  /** Look for a config instead of naming one. */
  readonly search?: true;
  /** No code of the user's. */
  readonly noExec?: true;
  /** A mistake that is worth a warning only. */
  readonly warning?: true;
}

export const plain = coloursOf({ isTTY: false }, {});

/** A valid config of a run that takes no time. */
const BASE = `
extends: dapo
backend: cpu
tokenizer: { use: letters, vocabularySize: 4 }
policy: { use: tabular, vocabularySize: 4, prompts: 4, length: 6 }
prompts: { train: { use: letters } }
evaluation: { every: 0 }
rollout: { prompts: 4, groupSize: 8, maxResponseLength: 6 }
update: { miniBatch: 8 }
optimizer: { learningRate: 0.1 }
trackers: { console: false, jsonl: false }
budget: { rolloutSteps: 1 }
`;

const manifests: readonly PluginManifest[] = [plugins.default, testingManifest];

/** A folder outside of the repository, with these files; taken away by `dispose`. */
export function folderOf(files: NonNullable<WrongInput['files']>): {
  readonly folder: string;
  dispose(): void;
} {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'dapo-wrong-')));
  for (const [name, content] of Object.entries({ 'package.json': '{}', ...files })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return { folder, dispose: () => rmSync(folder, { recursive: true }) };
}

/** All that a person reads of it, as the command line prints it. */
export async function complaintOf(input: WrongInput): Promise<string> {
  const { config = '', files = {}, file = 'dapo.config.yaml' } = input;
  const base = { 'base.yaml': BASE, 'dapo.config.yaml': `extends: ./base.yaml\n${config}\n` };
  const { folder, dispose } = folderOf({ ...(input.search ? {} : base), ...files });
  try {
    const text = await firstComplaint(input, folder, input.search ? undefined : file);
    return text.replaceAll(`${folder}/`, '').replaceAll(folder, 'FOLDER');
  } finally {
    dispose();
  }
}

async function firstComplaint(
  { set, noExec, warning }: WrongInput,
  cwd: string,
  file: string | undefined,
): Promise<string> {
  const engine = { manifests, noExec, virtualModules: { '@dapo/plugins': plugins } };
  try {
    const loaded = await loadConfig({ ...engine, cwd, file, set });
    const { problems, warnings } = await validate(loaded, engine);
    if (problems.length > 0) return textOf(problems);
    if (warning) return textOf(warnings).replaceAll(/^error:/gm, 'warning:');
    const run = await createRun(loaded, { ...engine, print: () => undefined });
    try {
      await run.train();
    } finally {
      await run.dispose();
    }
    return 'nothing was wrong';
  } catch (error) {
    return describeError(error, false, plain);
  }
}

function textOf(errors: readonly DapoError[]): string {
  return errors.map((error) => describeError(error, false, plain)).join('\n\n');
}

/** One test for each wrong input: its whole text is a snapshot, and holds no stack. */
export function complains(cases: Readonly<Record<string, WrongInput>>): void {
  test.each(Object.entries(cases))('%s', async (_, input) => {
    const text = await complaintOf(input);
    expect(text).toMatch(/ DAPO_[A-Z]+_[A-Z_]+$/m);
    expect(text).not.toMatch(/^\s+at .*:\d+:\d+/m);
    expect(text).not.toContain('This is a bug');
    expect(text).toMatchSnapshot();
  });
}
