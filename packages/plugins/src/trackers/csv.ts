import { definePlugin, type RunFolder, tokens, type Tracker, type TrackerRecord, z } from '@dapo/core';

const options = z.strictObject({
  file: z.string().min(1).default('metrics.csv').describe('name of the file within the run folder'),
  metrics: z
    .array(z.string().min(1))
    .min(1)
    .default([
      'reward/mean',
      'rollout/score',
      'rollout/accuracy',
      'rollout/response-length',
      'rollout/truncated',
      'rollout/live-groups',
      'policy/entropy',
      'loss/clip-fraction',
      'update/loss',
      'update/gradient-norm',
      'time/step-seconds',
      'evaluation/accuracy',
      'evaluation/accuracy-low',
      'evaluation/accuracy-high',
    ])
    .describe('metrics that have a column, from left to right'),
});

/** A value as a cell of CSV (RFC 4180): quoted where it has to be. */
function cell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The titles of the columns. */
export function headerRow(metrics: readonly string[]): string {
  return `${['step', 'kind', ...metrics].map(cell).join(',')}\n`;
}

/**
 * A record as a row; what isn't known is empty.
 *
 * @example recordRow({ kind: 'step', step: 3, metrics: { a: 0.5 } }, ['a', 'b']) → '3,step,0.5,\n'
 */
export function recordRow({ kind, step, metrics }: TrackerRecord, names: readonly string[]): string {
  return `${[step, kind, ...names.map((name) => metrics[name] ?? '')].map(cell).join(',')}\n`;
}

function createTracker(file: string, names: readonly string[], runFolder: RunFolder): Tracker {
  let begun = false;
  return {
    async track(record) {
      if (!names.some((name) => record.metrics[name] !== undefined)) return;
      if (!begun) await runFolder.write(file, headerRow(names));
      begun = true;
      await runFolder.append(file, recordRow(record, names));
    },
    state: async () => ({ json: { bytes: begun ? await runFolder.size(file) : 0 } }),
    // A run that goes on from a checkpoint does the steps after it again: their old rows would stand twice.
    restore: async ({ json }) => {
      const { bytes } = json as { readonly bytes: number };
      begun = bytes > 0 && (await runFolder.size(file)) >= bytes;
      if (begun) await runFolder.truncate(file, bytes);
    },
  };
}

export default definePlugin({
  kind: 'tracker',
  name: 'csv',
  summary: 'Writes chosen metrics as rows of a table that spreadsheets open.',
  source: { title: 'RFC 4180', url: 'https://www.rfc-editor.org/rfc/rfc4180' },
  departures:
    'lines end with LF. Only the metrics named have a column: a table can’t grow one; all metrics are in jsonl.',
  options,
  inject: { runFolder: tokens.runFolder },
  create: ({ file, metrics }, { runFolder }) => createTracker(file, metrics, runFolder),
});
