import { definePlugin, type Logger, type Metrics, tokens, type Tracker, type TrackerRecord, z } from '@dapo/core';

const options = z.strictObject({
  headerEvery: z.int().positive().default(20).describe('steps after which the column titles are printed again'),
});

type Format = (value: number) => string;
const fixed =
  (digits: number): Format =>
  (value) =>
    value.toFixed(digits);
const percent: Format = (value) => `${(100 * value).toFixed(1)}%`;

/**
 * Seconds as the two largest units that matter.
 *
 * @example duration(3723) → '1h02m'; duration(123) → '2m03s'; duration(4.2) → '4s'
 */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const pair = (large: number, small: number, units: string): string =>
    `${large}${units[0]}${String(small).padStart(2, '0')}${units[1]}`;
  if (whole >= 3600) return pair(Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), 'hm');
  if (whole >= 60) return pair(Math.floor(whole / 60), whole % 60, 'ms');
  return `${whole}s`;
}

/** What a step's line shows, from left to right: title, metric, how it is written, width. */
const columns: readonly (readonly [title: string, metric: string, format: Format, width: number])[] = [
  ['reward', 'reward/mean', fixed(3), 7],
  ['accuracy', 'rollout/accuracy', percent, 8],
  ['entropy', 'policy/entropy', fixed(3), 7],
  ['length', 'rollout/response-length', fixed(1), 7],
  ['cut off', 'rollout/truncated', percent, 7],
  ['clipped', 'loss/clip-fraction', percent, 7],
  ['live', 'rollout/live-groups', percent, 6],
  ['rounds', 'rollout/rounds', fixed(0), 6],
  ['gradient', 'update/gradient-norm', fixed(3), 8],
  ['tok/s', 'time/tokens-per-second', fixed(0), 7],
  ['time', 'time/step-seconds', (seconds) => (seconds < 10 ? `${seconds.toFixed(1)}s` : duration(seconds)), 6],
  ['left', 'time/eta-seconds', duration, 6],
];

const MISSING = '–';

function show(metrics: Readonly<Metrics>, metric: string, format: Format): string {
  const value = metrics[metric];
  if (value === undefined) return MISSING;
  return Number.isFinite(value) ? format(value) : String(value);
}

/** `12/100`, as wide as the last one and its title. */
function place(step: number, steps: number): string {
  return `${step}/${steps}`.padStart(Math.max('step'.length, 2 * String(steps).length + 1));
}

/** The titles of the columns, aligned with `stepLine`. */
export function headerLine(steps: number): string {
  return [
    'step'.padStart(place(steps, steps).length),
    ...columns.map(([title, , , width]) => title.padStart(width)),
  ].join('  ');
}

/** One step as a line of aligned columns; what isn't known is «–». */
export function stepLine(step: number, steps: number, metrics: Readonly<Metrics>): string {
  const cells = columns.map(([, metric, format, width]) => show(metrics, metric, format).padStart(width));
  return [place(step, steps), ...cells].join('  ');
}

/** One evaluation: accuracy with its interval. */
export function evaluationLine(step: number, steps: number, metrics: Readonly<Metrics>): string {
  const [accuracy, low, high] = ['accuracy', 'accuracy-low', 'accuracy-high'].map((name) =>
    show(metrics, `evaluation/${name}`, percent),
  );
  return `${place(step, steps)}  held-out accuracy ${accuracy} (${low} to ${high})`;
}

function createTracker(steps: number, headerEvery: number, logger: Logger): Tracker {
  let lines = 0;
  const trackStep = ({ step, metrics }: TrackerRecord): void => {
    if (lines % headerEvery === 0) logger.info(headerLine(steps));
    lines += 1;
    logger.info(stepLine(step, steps, metrics));
  };
  return {
    track(record) {
      const { kind, step, metrics, message = '' } = record;
      if (kind === 'step') trackStep(record);
      else if (kind === 'evaluation') logger.info(evaluationLine(step, steps, metrics));
      else if (kind === 'end') logger.info(`${place(step, steps)}  ended: ${message}`);
      else logger.warn(`${place(step, steps)}  ${message}`);
    },
  };
}

export default definePlugin({
  kind: 'tracker',
  name: 'console',
  summary: 'One line of aligned numbers a step, and one an evaluation, into the log.',
  source: { title: 'our own' },
  departures: 'none',
  options,
  inject: { config: tokens.config, logger: tokens.logger },
  create: ({ headerEvery }, { config, logger }) => createTracker(config.budget.rolloutSteps, headerEvery, logger),
});
