// Writes packages/plugins/dist/catalogue.json: all that the plugins say of themselves, as data, so that the command
// line can list and describe them without loading TensorFlow.js. Runs after tsc.

import { readFile, writeFile } from 'node:fs/promises';
import { describePlugin } from '../packages/cli/dist/describe-plugin.js';
import { coreExplanations, engineMetrics, kinds } from '../packages/core/dist/index.js';
import manifest from '../packages/plugins/dist/index.js';

const target = new URL('../packages/plugins/dist/catalogue.json', import.meta.url);

function describe(kind, name, plugin) {
  if (plugin.kind !== kind || plugin.name !== name) {
    throw new Error(`the manifest lists ${kind} ${name}, but the file holds ${plugin.kind} ${plugin.name}`);
  }
  return describePlugin(plugin);
}

const plugins = [];
for (const kind of Object.keys(kinds)) {
  for (const [name, load] of Object.entries(manifest.plugins[kind] ?? {})) {
    plugins.push(describe(kind, name, (await load()).default));
  }
}
const presets = [];
for (const [name, load] of Object.entries(manifest.presets ?? {}))
  presets.push({ name, config: (await load()).default });

const metrics = Object.entries(engineMetrics).map(([name, said]) => ({ name, ...said }));
const errors = Object.entries({ ...coreExplanations, ...manifest.explanations }).map(([code, said]) => ({
  code,
  ...said,
}));

const catalogue = {
  package: manifest.name,
  version: manifest.version,
  kinds,
  plugins,
  presets,
  metrics,
  errors,
};
const text = `${JSON.stringify(catalogue, null, 2)}\n`;
if ((await readFile(target, 'utf8').catch(() => '')) !== text) {
  await writeFile(target, text);
  console.log(`wrote packages/plugins/dist/catalogue.json: ${plugins.length} plugins, ${presets.length} presets`);
}
