import { definePlugin, tokens, type TrackerRecord, z } from '@dapo/core';

const options = z.strictObject({
  file: z.string().min(1).default('metrics.jsonl').describe('name of the file within the run folder'),
});

/**
 * A record as one line of JSON. Numbers that JSON lacks are texts.
 *
 * @example recordLine({ kind: 'step', step: 1, metrics: { 'update/loss': NaN } }) →
 *   '{"kind":"step","step":1,"metrics":{"update/loss":"NaN"}}\n'
 */
export function recordLine({ kind, step, metrics, message }: TrackerRecord): string {
  const numbers = Object.entries(metrics).map(([name, value]) => [
    name,
    Number.isFinite(value) ? value : String(value),
  ]);
  return `${JSON.stringify({ kind, step, metrics: Object.fromEntries(numbers) as object, message })}\n`;
}

export default definePlugin({
  kind: 'tracker',
  name: 'jsonl',
  summary: 'Writes every record as a line of JSON into the run folder.',
  source: { title: 'JSON Lines', url: 'https://jsonlines.org' },
  departures: 'NaN and infinities, which JSON lacks, are texts',
  options,
  inject: { runFolder: tokens.runFolder },
  create: ({ file }, { runFolder }) => ({
    track: (record) => runFolder.append(file, recordLine(record)),
    state: async () => ({ json: { bytes: await runFolder.size(file) } }),
    // A run that goes on from a checkpoint does the steps after it again: their old lines would stand twice.
    restore: async ({ json }) => {
      const { bytes } = json as { readonly bytes: number };
      if ((await runFolder.size(file)) > bytes) await runFolder.truncate(file, bytes);
    },
  }),
});
