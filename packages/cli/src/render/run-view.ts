import type { DapoError, Run } from '@dapo/core';
import { coloursOf, isLive, print, printAside } from '../terminal.js';
import { Phase } from './phase.js';
import { StatusLine } from './status-line.js';

export interface ViewOptions {
  readonly verbose?: true;
  readonly quiet?: true;
  readonly json?: true;
}

const WARNING = 'warning: ';

/** What is about to happen, in one line. */
function openingLine({ config, folder, step }: Run): string {
  const { rollout, budget, backend, name, seed } = config;
  const steps = `rollout steps ${step + 1} to ${budget.rolloutSteps} of ${rollout.prompts} × ${rollout.groupSize} responses`;
  return `«${name}»: ${steps}, seed ${seed}, on ${backend.use}${folder ? `, into ${folder}` : ''}`;
}

/** What a person sees of a run: whole lines always, on a terminal a status line below them. */
export class RunView {
  private status: StatusLine | undefined;
  private phase: Phase | undefined;
  private readonly write: (text: string) => void;

  constructor(private readonly options: ViewOptions) {
    // Where the answer is JSON, all that is for people goes to stderr.
    this.write = options.json ? printAside : print;
  }

  /** A line of the run's log. */
  readonly line = (text: string): void => {
    if (text.startsWith(WARNING)) this.warn(text.slice(WARNING.length));
    else if (!this.options.quiet) this.show(() => this.write(text));
  };

  readonly warnings = (warnings: readonly DapoError[]): void => {
    for (const { message } of warnings) this.warn(message);
  };

  warn(message: string): void {
    this.show(() => printAside(`${coloursOf(process.stderr).yellow('warning:')} ${message}`));
  }

  /** Follows a run from its first event. */
  follow(run: Run): void {
    const { json, quiet, verbose } = this.options;
    if (json) followAsJson(run);
    if (verbose) this.followClosely(run);
    if (!json && !quiet) this.write(openingLine(run));
    if (json || quiet || !isLive(process.stdout)) return;
    const phase = new Phase(run, () => this.status?.draw());
    this.phase = phase;
    this.status = new StatusLine(() => phase.describe());
  }

  /** The run ends after its step. */
  stopping(): void {
    this.phase?.stop();
    this.show(() => printAside('\nfinishing this step, then saving; Ctrl-C again aborts at once'));
  }

  close(): void {
    this.status?.close();
    this.status = undefined;
  }

  /** The end: text, or one more line of JSON. */
  finish(text: string, record: object): void {
    this.close();
    if (this.options.json) print(JSON.stringify(record));
    else print(text);
  }

  private show(print: () => void): void {
    if (this.status) this.status.above(print);
    else print();
  }

  private followClosely(run: Run): void {
    const say = (text: string): void => this.show(() => this.write(coloursOf(process.stdout).dim(text)));
    run.on('rollout:round', ({ round, groups, kept }) => say(`  round ${round + 1}: ${groups} groups, ${kept} kept`));
    run.on('update:finished', ({ update, metrics }) => {
      const norm = metrics['update/gradient-norm']?.toPrecision(3) ?? '–';
      say(`  update ${update + 1}: loss ${metrics['update/loss']?.toPrecision(3) ?? '–'}, gradient ${norm}`);
    });
    run.on('checkpoint:saved', ({ folder }) => say(`  saved ${folder}`));
  }
}

/** One JSON object a line. JSON knows no NaN: it becomes null. */
function followAsJson(run: Run): void {
  const record = (kind: string) => (facts: object) => print(JSON.stringify({ kind, ...facts }));
  run.on('step:finished', record('step'));
  run.on('evaluation:finished', record('evaluation'));
  run.on('checkpoint:saved', record('checkpoint'));
  run.on('guard:acted', record('guard'));
}
