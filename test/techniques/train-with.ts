import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createRun, type Metrics, type UserConfig } from '@dapo/core';
import { testingManifest } from '@dapo/core/testing';
import pluginsManifest from '../../packages/plugins/src/index.js';
import { smallWorld } from './tabular-run.js';

export interface Own {
  readonly kind: string;
  /** Where it stands in the config. */
  readonly at: string;
  /** The body of its `create`. */
  readonly create: string;
  readonly set?: readonly string[];
}

/** How such a run went. */
export interface Trained {
  readonly printed: readonly string[];
  /** Of each step. */
  readonly steps: readonly Readonly<Metrics>[];
  /** What it threw. */
  readonly error?: Error;
  /** Why it ended, where a guard ended it. */
  readonly message?: string;
}

/** Trains the small world with a plugin of the user's own. */
export async function trainWith(folder: string, { kind, at, create, set = [] }: Own): Promise<Trained> {
  const source = `import { definePlugin, tf } from '@dapo/core';
    export default definePlugin({ kind: '${kind}', name: 'mine', create: () => { ${create} } });\n`;
  writeFileSync(path.join(folder, 'mine.ts'), source);
  const printed: string[] = [];
  const run = await createRun({ extends: 'dapo', ...smallWorld } as unknown as UserConfig, {
    manifests: [testingManifest, pluginsManifest],
    cwd: folder,
    set: ['advantage=batch-norm', ...set, `${at}=./mine.ts`],
    print: (line) => void printed.push(line),
  });
  const steps: Readonly<Metrics>[] = [];
  run.on('step:finished', ({ metrics }) => void steps.push(metrics));
  try {
    const { message } = await run.train();
    return { printed, steps, message };
  } catch (error) {
    return { printed, steps, error: error as Error };
  } finally {
    await run.dispose();
  }
}
