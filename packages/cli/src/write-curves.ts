import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ResolvedConfig } from '@dapo/core';
import type { RunHistory } from './run-history.js';

/** Draws curves.svg into the folder of a run; gives its path. */
export async function writeCurves(folder: string, history: RunHistory, config: ResolvedConfig): Promise<string> {
  const { drawCurves } = await import('./render/curves.js');
  const { name, seed, rollout, sampler, loss, aggregation } = config;
  const techniques = [sampler.use, loss.parts['clip']?.use, aggregation.use].filter(Boolean).join(', ');
  const subtitle = `${techniques} · ${rollout.prompts} × ${rollout.groupSize} responses a step · seed ${seed}`;
  const file = path.join(folder, 'curves.svg');
  await writeFile(file, drawCurves(history, name, subtitle));
  return file;
}
