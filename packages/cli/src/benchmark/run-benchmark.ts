import { describeConfiguration } from './configurations.js';
import { builtInAxes, configAxes, measureGrowth } from './growth.js';
import { machineFacts, versions } from './machine.js';
import { mergeBaseline, mergeRounds } from './merge-rounds.js';
import type { BackendFigures, BaselineFigures, BenchmarkReport, GrowthFigures, StepFigures, Where } from './report.js';
import { failed, runTask, type Failure, type Place } from './run-task.js';
import { twoThreads } from './spin.js';
import type { Source, StepsResult, StepsTask } from './task.js';

/** A Node to run on. */
export interface Runtime extends Place {
  readonly version: string;
}

/** A backend with the options it gets: `--threads`. */
export interface ChosenBackend {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** The same as overrides of a config. */
  readonly set: readonly string[];
}

/** The same work in another program, measured once a round. */
export interface Baseline {
  /** @throws where it breaks; it is then left out of the later rounds of this configuration */
  measure(config: string): Promise<BaselineFigures>;
}

export interface BenchmarkPlan {
  readonly sources: readonly Source[];
  readonly runtimes: readonly Runtime[];
  readonly backends: readonly ChosenBackend[];
  /** Overrides for every source. */
  readonly set: readonly string[];
  readonly warmUp: number;
  readonly steps: number;
  /** Times that everything is measured, in turns. */
  readonly rounds: number;
  /** Sizes of the user's config for `--growth`; undefined: no growth is measured. Of a built-in one they are known. */
  readonly growth?: Readonly<Record<string, number>>;
  readonly baseline?: Baseline;
}

/** Told before each measurement. */
export type OnMeasure = (what: string) => void;

export function nameOf(source: Source): string {
  return source.kind === 'built-in' ? source.name : (source.file ?? 'dapo.config');
}

/** Measures everything of a plan, one process after the other. */
export async function runBenchmark(plan: BenchmarkPlan, onMeasure: OnMeasure): Promise<BenchmarkReport> {
  const places = plan.runtimes.flatMap((runtime) => plan.backends.map((backend) => ({ runtime, backend })));
  const backends: BackendFigures[] = [];
  for (const { runtime, backend } of places) {
    onMeasure(`${backend.name} on Node ${runtime.version}: products and operations`);
    const result = await runTask(
      { kind: 'backend', backend: backend.name, options: backend.options, repeats: plan.steps },
      runtime,
    );
    backends.push({ ...where(runtime, backend), ...result });
  }
  const { steps, baseline, spins } = await measureRounds(plan, places, onMeasure);
  return {
    date: new Date().toISOString(),
    machine: machineFacts(),
    versions: versions(),
    twoThreads: spins,
    backends,
    steps,
    ...(plan.growth && { growth: await measureAllGrowth(plan, places, onMeasure) }),
    ...(plan.baseline && { baseline }),
  };
}

interface PlaceOf {
  readonly runtime: Runtime;
  readonly backend: ChosenBackend;
}

const where = (runtime: Runtime, backend: ChosenBackend): Where => ({ node: runtime.version, backend: backend.name });

/** Rounds in which every contestant has its turn on every source, so that what the machine does hits all of them. */
async function measureRounds(plan: BenchmarkPlan, places: readonly PlaceOf[], onMeasure: OnMeasure) {
  const spins: number[] = [];
  const ours = new Map<string, (StepsResult | Failure)[]>();
  const theirs = new Map<string, BaselineFigures[]>();
  for (let round = 1; round <= plan.rounds; round++) {
    spins.push(await twoThreads());
    for (const source of plan.sources) {
      const name = nameOf(source);
      for (const { runtime, backend } of places) {
        onMeasure(`${name}, ${backend.name} on Node ${runtime.version}, round ${round} of ${plan.rounds}`);
        const key = keyOf(name, runtime, backend);
        ours.set(key, [...(ours.get(key) ?? []), await runTask(stepsTask(plan, source, backend), runtime)]);
      }
      // A round that is missing in the middle would pair the later ones with others than theirs.
      if (!plan.baseline || (theirs.get(name) ?? []).length < round - 1) continue;
      onMeasure(`${name}, the baseline, round ${round} of ${plan.rounds}`);
      try {
        theirs.set(name, [...(theirs.get(name) ?? []), await plan.baseline.measure(name)]);
      } catch (error) {
        onMeasure(`no baseline for ${name} from round ${round} on: ${String(error)}`);
      }
    }
  }
  const steps = plan.sources.flatMap((source) =>
    places.map(({ runtime, backend }): StepFigures => {
      const name = nameOf(source);
      const rounds = ours.get(keyOf(name, runtime, backend))!;
      const what = source.kind === 'built-in' ? describeConfiguration(source.configuration) : 'your config';
      return {
        config: name,
        what,
        ...where(runtime, backend),
        ...(rounds.find(failed) ?? mergeRounds(rounds as StepsResult[])),
      };
    }),
  );
  return { steps, baseline: [...theirs.values()].map(mergeBaseline), spins };
}

function keyOf(name: string, runtime: Runtime, backend: ChosenBackend): string {
  return JSON.stringify([name, runtime.node, backend.name]);
}

function stepsTask({ set, warmUp, steps }: BenchmarkPlan, source: Source, backend: ChosenBackend): StepsTask {
  return { kind: 'steps', source, set: [...set, ...backend.set], warmUp, steps };
}

async function measureAllGrowth(
  plan: BenchmarkPlan,
  places: readonly PlaceOf[],
  onMeasure: OnMeasure,
): Promise<GrowthFigures[]> {
  const growth: GrowthFigures[] = [];
  for (const source of plan.sources) {
    for (const { runtime, backend } of places) {
      const set = [...plan.set, ...backend.set];
      const axes = source.kind === 'built-in' ? builtInAxes(source, set) : configAxes(source, set, plan.growth!);
      for (const axis of axes) {
        onMeasure(`${nameOf(source)}, growth along ${axis.along}, ${backend.name} on Node ${runtime.version}`);
        const result = await measureGrowth(axis, plan, runtime);
        growth.push({ config: nameOf(source), ...where(runtime, backend), along: axis.along, ...result });
      }
    }
  }
  return growth;
}
