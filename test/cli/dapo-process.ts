import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the command line remembers about code that it has named: of the tests, not of whoever runs them. */
const state = mkdtempSync(path.join(tmpdir(), 'dapo-state-'));
process.on('exit', () => rmSync(state, { recursive: true, force: true }));

const bin = fileURLToPath(new URL('../../packages/cli/bin/dapo.mjs', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Flags of Node itself. */
  readonly node?: readonly string[];
  /** Close the reading end of stdout at once. */
  readonly closeOutput?: boolean;
  /** Called as soon as it runs. */
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
  /** Called with all of stdout so far, each time there is more of it. */
  readonly onOutput?: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs the built command line as a user does, in a process of its own and without a terminal. */
export function dapo(args: readonly string[], options: ProcessOptions = {}): Promise<Ended> {
  const { cwd, env = {}, node = [], closeOutput, onStart, onOutput } = options;
  const { NO_COLOR: _no, FORCE_COLOR: _force, CI: _ci, ...inherited } = process.env;
  const child = spawn(process.execPath, [...node, bin, ...args], {
    cwd,
    env: { ...inherited, XDG_STATE_HOME: state, ...env },
  });
  let stdout = '';
  let stderr = '';
  onStart?.((signal) => void child.kill(signal));
  if (closeOutput) child.stdout.destroy();
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    onOutput?.(stdout, (signal) => void child.kill(signal));
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** A folder outside of the repository, with these files. */
export function temporaryFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'dapo-cli-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

/** A run that takes a second: a small policy on sums of two digits. */
export const tinyConfig = `
import { defineConfig } from '@dapo/core';

export default defineConfig({
  extends: 'dapo',
  name: 'tiny',
  prompts: {
    train: { use: 'arithmetic', split: 'train', maxDigits: 1 },
    heldOut: { use: 'arithmetic', split: 'heldOut', maxDigits: 1 },
  },
  policy: { use: 'transformer', hiddenSize: 16, layers: 1, heads: 2, contextLength: 32 },
  rollout: { prompts: 2, groupSize: 4, maxResponseLength: 4 },
  update: { miniBatch: 4 },
  sampler: 'standard',
  filters: { outcomes: false },
  guards: { liveGroups: false },
  evaluation: { every: 1, k: 2 },
  optimizer: { learningRate: 0.001 },
  budget: { rolloutSteps: 2 },
});
`;
