import { duration, percent } from '../render/format.js';
import { print, printAside } from '../terminal.js';
import type { StudyBudget } from './budget.js';
import type { ExecutedRun, StudyProgress, StudyRun } from './execute.js';

const counterOf: Readonly<Record<StudyBudget['unit'], string>> = {
  steps: '',
  tokens: 'counter/generated-tokens',
  updates: 'counter/optimizer-steps',
  prompts: 'counter/prompts-seen',
  minutes: 'time/total-seconds',
};

/** What a person, or a program, sees of a study that runs: a line whenever a run begins, is measured or ends. */
export class StudyView {
  private readonly startedAt = performance.now();
  /** Runs that are not going on: done, failed or stopped. */
  private readonly closed = new Set<StudyRun>();
  /** Share of its budget that each run has used up, and that it had when this process took it on. */
  private readonly used = new Map<StudyRun, { readonly from: number; now: number }>();

  constructor(
    private readonly runs: number,
    private readonly budget: StudyBudget,
    private readonly json: boolean,
  ) {}

  readonly follow = (progress: StudyProgress): void => {
    const { kind, run, record } = progress;
    if (kind === 'record' && record) this.measure(run, record.step ?? 0, record.metrics ?? {});
    if (kind === 'found' || kind === 'ended') this.closed.add(run);
    if (this.json) this.tellPrograms(progress);
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
    return pace * (this.runs - this.closed.size - begun);
  }

  private tellPrograms({ kind, run, record, executed }: StudyProgress): void {
    const { variant, seed, folder } = run;
    const facts = record ?? (executed && { state: executed.state, ...executed.result, failure: executed.failure });
    print(JSON.stringify({ kind: record ? record.kind : kind, variant, seed, folder, ...facts, left: this.secondsLeft() }));
  }

  private tellPeople({ kind, run, record, executed }: StudyProgress): void {
    const place = `[${String(this.closed.size).padStart(String(this.runs).length)}/${this.runs}]`;
    const name = `${run.variant}, seed ${run.seed}`;
    if (record) {
      const accuracy = record.kind === 'evaluation' ? record.metrics?.['evaluation/accuracy'] : undefined;
      if (typeof accuracy !== 'number') return;
      const used = this.used.get(run)?.now ?? 0;
      print(`${place}  ${name}: step ${record.step ?? 0}, accuracy ${percent(accuracy)}, ${Math.round(100 * used)} % of its budget used${this.left()}`);
    } else if (executed) print(`${place}  ${name}: ${describeEnd(executed, kind === 'found')}${this.left()}`);
    else print(`${place}  ${name}: ${verbs[kind]}`);
  }

  private left(): string {
    const seconds = this.secondsLeft();
    return seconds === undefined || this.closed.size === this.runs ? '' : `; about ${duration(seconds)} left`;
  }
}

const verbs: Readonly<Record<string, string>> = {
  started: 'started',
  resumed: 'goes on from its newest checkpoint',
  retried: 'failed; trying it once more',
};

function describeEnd({ state, result, failure }: ExecutedRun, found: boolean): string {
  if (state === 'failed') return `FAILED twice: ${failure?.split('\n').find((line) => line.startsWith('error:')) ?? failure ?? ''}`;
  if (state === 'unfinished' || state === 'not begun') return 'stopped and saved';
  const score = result?.score === undefined ? 'no score' : `score ${percent(result.score)}`;
  const how = state === 'guard' ? 'ended by a guard' : found ? 'was finished already' : 'finished';
  return `${how}, ${score}, ${result!.tokens.toLocaleString('en-US')} tokens in ${duration(result!.seconds)}`;
}
