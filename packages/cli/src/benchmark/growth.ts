import { exponent } from './exponent.js';
import type { GrowthPoint } from './report.js';
import { failed, runTask, type Failure, type Place } from './run-task.js';
import type { Source, StepsTask } from './task.js';

/** Half of a size, the size itself, and twice it. */
const FACTORS = [0.5, 1, 2];

/** A size that is varied alone. */
export interface Axis {
  readonly along: string;
  readonly values: readonly number[];
  /** The work at one of the values. */
  at(value: number): Pick<StepsTask, 'source' | 'set'>;
}

const valuesAround = (value: number): number[] => FACTORS.map((factor) => Math.max(1, Math.round(factor * value)));

/** Group size, length, width and layers of a built-in configuration. */
export function builtInAxes(source: Extract<Source, { kind: 'built-in' }>, set: readonly string[]): Axis[] {
  const { configuration } = source;
  const sizes = { 'group size': 'group', 'response length': 'tokens', width: 'hidden', layers: 'layers' } as const;
  return Object.entries(sizes).map(([along, size]) => ({
    along,
    values: valuesAround(configuration[size]),
    at: (value) => ({ source: { ...source, configuration: { ...configuration, [size]: value } }, set }),
  }));
}

/** The sizes of a user's config that are there to be changed, by their path. */
export function configAxes(source: Source, set: readonly string[], sizes: Readonly<Record<string, number>>): Axis[] {
  return Object.entries(sizes).map(([path, size]) => ({
    along: path,
    values: valuesAround(size),
    at: (value) => ({ source, set: [...set, `${path}=${value}`] }),
  }));
}

type Growth = {
  readonly points: readonly GrowthPoint[];
  readonly exponents: Readonly<Record<'update' | 'rollout' | 'step' | 'memory', number>>;
};

/** Measures at every value of an axis, each in a process of its own. */
export async function measureGrowth(
  axis: Axis,
  steps: Pick<StepsTask, 'warmUp' | 'steps'>,
  place: Place,
): Promise<Growth | Failure> {
  const points: GrowthPoint[] = [];
  for (const value of axis.values) {
    const result = await runTask({ kind: 'steps', ...axis.at(value), ...steps }, place);
    if (failed(result)) return { failure: `at ${value}: ${result.failure}` };
    points.push({
      value,
      updateSeconds: result.update.median,
      rolloutSeconds: result.rollout.median,
      stepSeconds: result.step.median,
      peakRssMiB: result.peakRssMiB,
      usedMiB: result.peakRssMiB - result.startRssMiB,
    });
  }
  return { points, exponents: exponentsOf(points) };
}

/** Of time and memory along an axis; memory is what the steps added to the process. */
export function exponentsOf(points: readonly GrowthPoint[]): Growth['exponents'] {
  const fit = (of: (point: GrowthPoint) => number): number =>
    exponent(points.map((point) => [point.value, of(point)] as const));
  return {
    update: fit(({ updateSeconds }) => updateSeconds),
    rollout: fit(({ rolloutSeconds }) => rolloutSeconds),
    step: fit(({ stepSeconds }) => stepSeconds),
    memory: fit(({ usedMiB }) => usedMiB),
  };
}
