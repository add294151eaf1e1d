import { eventMeanings, z } from '@dapo/core';
import { allErrors } from '../all-errors.js';
import type { Catalogue } from '../catalogue.js';
import { errorPage } from './error-page.js';
import { jsonSchemas } from './json-schemas.js';
import { markdownTable, page } from './markdown.js';
import { metricPage } from './metric-page.js';
import { pluginPages } from './plugin-pages.js';

/** Every page of docs/reference by its path, out of the catalogue alone. `payloads`: event → type of what it tells. */
export function referencePages(
  catalogue: Catalogue,
  payloads: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    'README.md': overview(),
    'errors.md': errorPage(allErrors(catalogue)),
    'metrics.md': metricPage(catalogue),
    'events.md': eventPage(payloads),
    'presets.md': presetPage(catalogue),
    ...pluginPages(catalogue),
    ...schemaFiles(),
  };
}

function overview(): string {
  return page(
    'Reference',
    [
      '- [Plugins](plugins.md): every technique, with options, source and departures',
      '- [Presets](presets.md): techniques put together',
      '- [Metrics](metrics.md): what each number means, and when to worry',
      '- [Events](events.md): what a run tells its listeners',
      '- [Errors](errors.md): every code, and what to do',
      '- [JSON](json): schemas of what commands print with --json',
    ].join('\n'),
  );
}

function eventPage(payloads: Readonly<Record<string, string>>): string {
  const rows = Object.entries(eventMeanings).map(([name, when]) => [name, when, payloads[name] ?? '']);
  return page(
    'Events',
    "`run.on('step:finished', ({ step, metrics }) => …)`. Listeners are told, not asked: nothing they do changes the run, and nobody waits for them.",
    markdownTable(['event', 'when', 'told'], rows),
  );
}

function presetPage({ presets }: Catalogue): string {
  const sections = presets.map(
    ({ name, config }) => `## ${name}\n\n\`\`\`json\n${JSON.stringify(config, null, 2)}\n\`\`\``,
  );
  return page(
    'Presets',
    "A preset is a few lines of config under your own: `extends: 'dapo'`. `dapo config --preset NAME` shows all that comes of it.",
    ...sections,
  );
}

function schemaFiles(): Record<string, string> {
  const files = Object.entries(jsonSchemas).map(([name, schema]) => {
    const json = z.toJSONSchema(schema, { unrepresentable: 'any' });
    return [`json/${name}.schema.json`, `${JSON.stringify(json, null, 2)}\n`] as const;
  });
  return Object.fromEntries(files);
}
