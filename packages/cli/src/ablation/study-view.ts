import { createLogUpdate } from 'log-update';
import { duration, percent } from '../render/format.js';
import { coloursOf, isLive, print, printAside, widthOf } from '../terminal.js';
import type { StudyBudget } from './budget.js';
import type { ExecutedRun, StudyProgress, StudyRun } from './execute.js';
import { studyTable, type LiveRun } from './study-table.js';

const counterOf: Readonly<Record<StudyBudget['unit'], string>> = {
  steps: '',
  tokens: 'counter/generated-tokens',
  updates: 'counter/optimizer-steps',
  prompts: 'counter/prompts-seen',
  minutes: 'time/total-seconds',
};

/** Milliseconds between two drawings of the table. */
const REFRESH = 500;

/**
 * What a person, or a program, sees of a study that runs: on a terminal a table of all runs that is drawn anew,
 * elsewhere a line whenever a run begins, is measured or ends.
 */
export class StudyView {
  private readonly startedAt = performance.now();
  /** Runs that are not going on: done, failed or stopped. */
  private readonly closed = new Set<StudyRun>();
  /** Share of its budget that each run has used up, and that it had when this process took it on. */
  private readonly used = new Map<StudyRun, { readonly from: number; now: number }>();

  private readonly live: Map<StudyRun, LiveRun>;
  /** Of each run that this process began or took up. */
  private readonly begun = new Map<StudyRun, number>();
  private region: ReturnType<typeof createLogUpdate> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly runs: readonly StudyRun[],
    private readonly budget: StudyBudget,
    private readonly json: boolean,
  ) {
    this.live = new Map(
      runs.map((run) => [run, { variant: run.variant, seed: run.seed, state: 'waiting', step: 0, used: 0 }]),
    );
    if (json || !isLive(process.stdout)) return;
    // The cursor stays visible: nothing is left to mend where the process is killed.
    this.region = createLogUpdate(process.stdout, { showCursor: true });
    this.timer = setInterval(() => this.draw(), REFRESH);
    this.timer.unref();
  }

  /** Leaves the table as it is; lines follow it. */
  close(): void {
    clearInterval(this.timer);
    if (!this.region) return;
    this.draw();
    this.region.done();
    this.region = undefined;
  }

  readonly follow = (progress: StudyProgress): void => {
    const { kind, run, record } = progress;
    if (kind === 'record' && record) this.measure(run, record.step ?? 0, record.metrics ?? {});
    if (kind === 'found' || kind === 'ended') this.closed.add(run);
    this.note(progress);
    if (this.region) this.tellLive(progress);
    else if (this.json) this.tellPrograms(progress);
    else this.tellPeople(progress);
  };

  /** For people, beside JSON too. */
  say(text: string): void {
    if (this.json) printAside(text);
    else print(text);
  }

  private measure(run: StudyRun, step: number, metrics: Readonly<Record<string, number | null>>): void {
    const { unit, amount } = this.budget;
    const value = unit === 'steps' ? step : metrics[counterOf[unit]];
    if (typeof value !== 'number') return;
    const share = Math.min(1, value / (unit === 'minutes' ? 60 * amount : amount));
    const known = this.used.get(run);
    if (known) known.now = Math.max(known.now, share);
    else this.used.set(run, { from: step > 1 ? share : 0, now: share });
  }

  /** Seconds left, at the pace since this process began; undefined before there is one. */
  private secondsLeft(): number | undefined {
    const done = [...this.used.values()].reduce((sum, { from, now }) => sum + now - from, 0);
    if (done < 0.05) return undefined;
    const begun = [...this.used].filter(([run]) => !this.closed.has(run)).reduce((sum, [, { now }]) => sum + now, 0);
    const pace = (performance.now() - this.startedAt) / 1000 / done;
    return pace * (this.runs.length - this.closed.size - begun);
  }

  private note({ kind, run, record, executed }: StudyProgress): void {
    const before = this.live.get(run)!;
    if (kind === 'started' || kind === 'resumed') this.begun.set(run, performance.now());
    const accuracy = record?.kind === 'evaluation' ? record.metrics?.['evaluation/accuracy'] : undefined;
    this.live.set(run, {
      ...before,
      state: executed ? liveState(executed) : 'running',
      step: record?.step ?? executed?.result?.steps ?? before.step,
      used: this.used.get(run)?.now ?? 0,
      ...(typeof accuracy === 'number' && { accuracy }),
      score: executed?.result?.score,
      secondsLeft: this.secondsLeftOf(run),
    });
  }

  private secondsLeftOf(run: StudyRun): number | undefined {
    const used = this.used.get(run);
    const begun = this.begun.get(run);
    if (!used || begun === undefined || used.now - used.from < 0.05) return undefined;
    return (((performance.now() - begun) / 1000) * (1 - used.now)) / (used.now - used.from);
  }

  private draw(): void {
    this.region?.(
      studyTable([...this.live.values()], this.secondsLeft(), widthOf(process.stdout), coloursOf(process.stdout)),
    );
  }

  /** What went wrong stays in sight above the table. */
  private tellLive(progress: StudyProgress): void {
    if (progress.kind === 'retried' || progress.executed?.state === 'failed') {
      this.region?.clear();
      this.tellPeople(progress);
    }
    this.draw();
  }

  private tellPrograms({ kind, run, record, executed, from }: StudyProgress): void {
    const { variant, seed, folder } = run;
    const facts = record ?? (executed && { state: executed.state, ...executed.result, failure: executed.failure });
    print(
      JSON.stringify({
        kind: record ? record.kind : kind,
        variant,
        seed,
        folder,
        from,
        ...facts,
        left: this.secondsLeft(),
      }),
    );
  }

  private tellPeople({ kind, run, record, executed, from }: StudyProgress): void {
    const place = `[${String(this.closed.size).padStart(String(this.runs.length).length)}/${this.runs.length}]`;
    const name = `${run.variant}, seed ${run.seed}`;
    if (record) {
      const accuracy = record.kind === 'evaluation' ? record.metrics?.['evaluation/accuracy'] : undefined;
      if (typeof accuracy !== 'number') return;
      const used = this.used.get(run)?.now ?? 0;
      print(
        `${place}  ${name}: step ${record.step ?? 0}, accuracy ${percent(accuracy)}, ${Math.round(100 * used)} % of its budget used${this.left()}`,
      );
    } else if (executed) print(`${place}  ${name}: ${describeEnd(executed, kind === 'found')}${this.left()}`);
    else if (from) print(`${place}  ${name}: the same as ${from}, taken over`);
    else print(`${place}  ${name}: ${verbs[kind]}`);
  }

  private left(): string {
    const seconds = this.secondsLeft();
    return seconds === undefined || this.closed.size === this.runs.length ? '' : `; about ${duration(seconds)} left`;
  }
}

const verbs: Readonly<Record<string, string>> = {
  started: 'started',
  resumed: 'goes on from its newest checkpoint',
  retried: 'failed; trying it once more',
};

function liveState({ state }: ExecutedRun): LiveRun['state'] {
  return state === 'unfinished' || state === 'not begun' ? 'stopped' : state;
}

function describeEnd({ state, result, failure }: ExecutedRun, found: boolean): string {
  if (state === 'failed')
    return `FAILED twice: ${failure?.split('\n').find((line) => line.startsWith('error:')) ?? failure ?? ''}`;
  if (state === 'unfinished' || state === 'not begun') return 'stopped and saved';
  const score = result?.score === undefined ? 'no score' : `score ${percent(result.score)}`;
  const how = state === 'guard' ? 'ended by a guard' : found ? 'was finished already' : 'finished';
  return `${how}, ${score}, ${result!.tokens.toLocaleString('en-US')} tokens in ${duration(result!.seconds)}`;
}
