import { definePlugin, type Guard, type MetricRecorder, tokens, z } from '@dapo/core';

const options = z.strictObject({
  max: z.number().positive().optional().describe('norm above which an update is left out; by default no fixed bound'),
  factor: z.number().gt(1).default(10).describe('norm above which it is left out, in multiples of the running median'),
  window: z.int().min(3).default(50).describe('updates that the running median is of'),
  warmUp: z.int().min(1).default(10).describe('updates before the running median counts; at most those of the window'),
});
type Options = z.output<typeof options>;

/** The middle of some numbers, the upper one where two are. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** The largest norm that is let through. */
export function gradientBound(norms: readonly number[], { max = Infinity, factor, warmUp, window }: Options): number {
  return norms.length < Math.min(warmUp, window) ? max : Math.min(max, factor * median(norms));
}

function createGuard(settings: Options, recorder: MetricRecorder): Guard {
  /** Of the last updates, those left out among them: where all gradients grow, the median follows. */
  let norms: readonly number[] = [];
  return {
    check(point, { metrics }) {
      const norm = metrics['update/gradient-norm'];
      if (point !== 'before-update' || norm === undefined) return 'continue';
      const bound = gradientBound(norms, settings);
      const skipped = norm > bound;
      recorder.record('skipped', skipped ? 1 : 0);
      if (Number.isFinite(norm)) norms = [...norms, norm].slice(-settings.window);
      if (!skipped) return 'continue';
      const reason = `the gradient norm is ${norm.toPrecision(3)}, above ${bound.toPrecision(3)}`;
      return { action: 'skip-update', reason };
    },
    state: () => ({ json: { norms } }),
    restore: ({ json }) => {
      ({ norms } = json as { readonly norms: readonly number[] });
    },
  };
}

export default definePlugin({
  kind: 'guard',
  name: 'gradient-norm',
  summary: 'Leaves out updates whose gradient is far larger than those before it.',
  source: { title: 'our own, after ZClip', arxiv: '2504.02507' },
  departures: 'the update is left out instead of clipped, and the bound is a multiple of a running median',
  alsoKnownAs: ['gradient spike', 'skip_grad_norm'],
  options,
  metrics: {
    skipped: {
      over: 'step',
      reduce: 'sum',
      unit: 'updates',
      meaning: 'updates left out for their gradient',
      healthy: '0, now and then 1',
      worrying: 'in every step',
      advice: 'lower the learning rate, or raise the bound of the guard',
    },
  },
  inject: { metrics: tokens.metrics },
  create: (settings, { metrics }) => createGuard(settings, metrics),
});
