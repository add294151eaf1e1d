import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRun, type Metrics, type UserConfig } from '@dapo/core';
import { testingManifest } from '@dapo/core/testing';
import pluginsManifest from '../../packages/plugins/src/index.js';

/**
 * The metrics of a run's steps: of one that goes through, and of one that is interrupted and goes on in a new session.
 * `inspect` sees the folders of both before they are removed.
 */
export async function trainInterrupted(
  config: object,
  interruptAfter: number,
  inspect?: (whole: string, resumed: string) => Promise<void>,
): Promise<{ whole: Metrics[]; resumed: Metrics[] }> {
  const base = await mkdtemp(join(tmpdir(), 'dapo-interrupted-'));
  try {
    const whole = await trainIn(join(base, 'whole'), config);
    const before = await trainIn(join(base, 'resumed'), config, interruptAfter);
    const after = await trainIn(join(base, 'resumed'), config);
    await inspect?.(join(base, 'whole'), join(base, 'resumed'));
    return { whole, resumed: [...before, ...after] };
  } finally {
    await rm(base, { recursive: true });
  }
}

async function trainIn(folder: string, config: object, until = Infinity): Promise<Metrics[]> {
  const options = { manifests: [testingManifest, pluginsManifest], folder, resume: true, print: () => undefined };
  const run = await createRun(config as UserConfig, options);
  const [steps, abort]: [Metrics[], AbortController] = [[], new AbortController()];
  run.on('step:finished', ({ step, metrics }) => {
    steps.push(metrics);
    if (step === until) abort.abort();
  });
  await run.train({ signal: abort.signal });
  await run.dispose();
  return steps;
}
