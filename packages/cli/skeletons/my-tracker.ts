import { definePlugin, tokens, z, type OptionsOf, type TrackerRecord } from '@dapo/core';

const options = z.strictObject({
  metrics: z
    .array(z.string())
    .min(1)
    .default(['reward/mean', 'update/loss'])
    .describe('columns, by the full names of metrics'),
  file: z.string().min(1).default('steps.tsv').describe('name of the file within the run folder'),
});

/** A step as one line: its number, then a value for each column, empty where there is none. */
export function stepLine({ step, metrics }: TrackerRecord, columns: readonly string[]): string {
  return `${[step, ...columns.map((name) => metrics[name] ?? '')].join('\t')}\n`;
}

export default definePlugin({
  kind: 'tracker',
  name: 'my-tracker',
  summary: 'Writes chosen metrics of each step into a table of tab-separated values.',
  source: { title: 'our own' },
  options,
  inject: { runFolder: tokens.runFolder },
  create: ({ metrics, file }, { runFolder }) => ({
    async track(record) {
      if (record.kind !== 'step') return;
      if ((await runFolder.size(file)) === 0) await runFolder.append(file, `${['step', ...metrics].join('\t')}\n`);
      await runFolder.append(file, stepLine(record, metrics));
    },
    state: async () => ({ json: await runFolder.size(file) }),
    // A run that goes on from a checkpoint does the steps after it again: their old lines would stand twice.
    restore: async ({ json }) => {
      if ((await runFolder.size(file)) > (json as number)) await runFolder.truncate(file, json as number);
    },
  }),
});

/** With `plugins: ['./plugins/my-tracker.ts']` in a config, `use: 'my-tracker'` completes there and its options are checked. */
declare module '@dapo/core' {
  interface PluginCatalogue {
    'my-tracker': { tracker: { 'my-tracker': OptionsOf<(typeof import('./my-tracker.js'))['default']> } };
  }
}
