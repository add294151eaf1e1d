import { duration, percent } from '../render/format.js';
import { table, visibleLength } from '../render/table.js';
import type { Colours } from '../terminal.js';

/** A run of a study as it is at this moment. */
export interface LiveRun {
  readonly variant: string;
  readonly seed: number;
  readonly state: 'waiting' | 'running' | 'finished' | 'guard' | 'failed' | 'stopped';
  readonly step: number;
  /** Of its budget, 0 to 1. */
  readonly used: number;
  /** Of the last evaluation. */
  readonly accuracy?: number;
  readonly score?: number;
  readonly secondsLeft?: number;
}

/**
 * All runs of a study: a line a variant, a cell a seed, and what runs right now below. A cell holds the score of a run
 * that is done, the used share of its budget while it runs.
 *
 * @param width columns of the terminal; seeds that don't fit are left out at the left, the newest stay
 */
export function studyTable(
  runs: readonly LiveRun[],
  secondsLeft: number | undefined,
  width: number,
  colours: Colours,
): string {
  const seeds = [...new Set(runs.map(({ seed }) => seed))].sort((a, b) => a - b);
  const variants = [...new Set(runs.map(({ variant }) => variant))];
  const names = Math.max(...variants.map((name) => name.length));
  const room = Math.max(1, Math.floor((width - names - 8) / CELL));
  const shown = seeds.length <= room ? seeds : focus(seeds, runs, room);
  const cell = (variant: string, seed: number): string => {
    const run = runs.find((candidate) => candidate.variant === variant && candidate.seed === seed);
    return run ? cellOf(run, colours) : '';
  };
  const rows = variants.map((variant) => [variant, ...shown.map((seed) => cell(variant, seed))]);
  const head = ['', ...shown.map((seed) => `seed ${seed}`)].map(colours.dim);
  const grid = table(rows, { head, align: ['left', ...shown.map(() => 'right' as const)] });
  const running = runs.filter(({ state }) => state === 'running').map(runningLine);
  const lines = [...grid.split('\n'), ...running, summaryLine(runs, secondsLeft)];
  return lines.map((line) => cut(line, width - 1)).join('\n');
}

/** Columns that a seed takes up. */
const CELL = 8;

/** As many seeds as there is room for, around the first that is not done. */
function focus(seeds: readonly number[], runs: readonly LiveRun[], room: number): number[] {
  const open = runs.filter(({ state }) => state === 'waiting' || state === 'running').map(({ seed }) => seed);
  const first = open.length === 0 ? seeds.length - 1 : seeds.indexOf(Math.min(...open));
  const from = Math.max(0, Math.min(first - Math.floor(room / 2), seeds.length - room));
  return seeds.slice(from, from + room);
}

function cellOf({ state, used, score }: LiveRun, { cyan, dim, red, yellow }: Colours): string {
  const measured = score === undefined ? '–' : percent(score);
  const cells: Readonly<Record<LiveRun['state'], () => string>> = {
    waiting: () => dim('·'),
    running: () => cyan(`${Math.round(100 * used)} %…`),
    finished: () => measured,
    guard: () => yellow(`${measured}!`),
    failed: () => red('FAILED'),
    stopped: () => yellow('saved'),
  };
  return cells[state]();
}

function runningLine({ variant, seed, step, used, accuracy, secondsLeft }: LiveRun): string {
  const measured = accuracy === undefined ? '' : `, accuracy ${percent(accuracy)}`;
  const left = secondsLeft === undefined ? '' : `, about ${duration(secondsLeft)} left`;
  return `▸ ${variant}, seed ${seed}: step ${step}${measured}, ${Math.round(100 * used)} % of its budget${left}`;
}

function summaryLine(runs: readonly LiveRun[], secondsLeft: number | undefined): string {
  const of = (state: LiveRun['state']): number => runs.filter((run) => run.state === state).length;
  const done = of('finished') + of('guard');
  const failed = of('failed') > 0 ? `, ${of('failed')} failed` : '';
  const left =
    secondsLeft === undefined || of('waiting') + of('running') === 0 ? '' : `; about ${duration(secondsLeft)} left`;
  return `${done} of ${runs.length} runs are done${failed}${left}`;
}

/** A line that wraps would stay behind when the table is drawn anew. */
function cut(line: string, width: number): string {
  return visibleLength(line) <= width ? line : line.replace(/\u001b\[[0-9;]*m/g, '').slice(0, Math.max(0, width));
}
