// TRL's GRPOTrainer as the baseline of a benchmark: the same work, measured in turns with ours.

import { ratesOf, timesOf } from '../../packages/cli/dist/benchmark/spread.js';
import { runPython } from './python.mjs';

export function trlBaseline({ python, under, steps, threads }) {
  return {
    async measure(config) {
      const args = ['--config', config, '--steps', String(steps), '--threads', String(threads)];
      const figures = await runPython(python, under, 'trl_baseline.py', args);
      const { rolloutSeconds, updatesSeconds, updates, generatedTokens, versions, peakRssMiB } = figures;
      return {
        config,
        program: `TRL ${versions.trl}`,
        versions,
        update: timesOf(updatesSeconds.map((seconds) => seconds / updates)),
        tokensPerSecond: ratesOf(rolloutSeconds.map((seconds, step) => generatedTokens[step] / seconds)),
        step: timesOf(rolloutSeconds.map((seconds, step) => seconds + updatesSeconds[step])),
        peakRssMiB,
      };
    },
  };
}
