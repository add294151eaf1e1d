import { optionsSchema, z, type Plugin } from '@dapo/core';
import type { CataloguedPlugin, OptionSchema } from './catalogue.js';

/** Kinds of which a config holds several under keys of the author's: what stands before the names of their metrics. */
const stages: Readonly<Record<string, string>> = {
  reward: 'rewards',
  filter: 'filters',
  guard: 'guards',
  tracker: 'trackers',
  signal: 'signals',
};
const ofLosses = ['loss', 'ratio-level', 'clip-rule', 'kl-term'];

/** All that a plugin says of itself, as data. */
export function describePlugin(plugin: Plugin): CataloguedPlugin {
  const options = z.toJSONSchema(optionsSchema(plugin), { io: 'input', unrepresentable: 'any' });
  delete options.$schema;
  const stage = stages[plugin.kind];
  const prefix = ofLosses.includes(plugin.kind) ? 'loss' : stage ? `${stage}/KEY` : plugin.kind;
  const metrics = Object.entries(plugin.metrics ?? {}).map(([name, said]) => ({
    name: `${prefix}/${name}`,
    ...said,
  }));
  const { kind, name, summary, source, departures, alsoKnownAs, role, slots, needs, provides } = plugin;
  return {
    kind,
    name,
    summary,
    source,
    departures,
    alsoKnownAs,
    role,
    slots,
    provides: typeof provides === 'function' ? undefined : provides,
    needs: typeof needs === 'function' ? undefined : needs,
    options: options as OptionSchema,
    metrics,
  };
}
