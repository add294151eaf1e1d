import { engineSchema, nodePlaces, z, type NodePlace } from '@dapo/core';
import type { Catalogue, CataloguedPlugin, OptionSchema } from '../catalogue.js';

/** A part of a JSON Schema, draft 7: what editors understand. */
type Schema = Readonly<Record<string, unknown>>;

/** Plugins that no catalogue lists: a file, a package. */
const ELSEWHERE = '^(\\.{1,2}/.+|@[^/]+/.+|dapo-plugin-.+)$';

/** The JSON Schema of a config in YAML or JSON: keys, names of plugins and their options, with what each means. */
export function configSchema({ plugins, kinds, presets }: Catalogue): Schema {
  const { properties: engine } = withoutRequired(
    z.toJSONSchema(engineSchema, { io: 'input', target: 'draft-7' }) as Schema,
  );
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A config of the DAPO engine',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      extends: extendsSchema(presets.map(({ name }) => name)),
      ...(engine as Schema),
      ...nodeProperties(),
    },
    additionalProperties: false,
    definitions: Object.fromEntries(Object.keys(kinds).map((kind) => [kind, nodeSchema(kind, plugins, kinds[kind]!)])),
  };
}

function extendsSchema(presets: readonly string[]): Schema {
  const one = {
    anyOf: [{ enum: presets }, { type: 'string', pattern: ELSEWHERE }, { type: 'string', pattern: '^/' }],
  };
  return {
    description: 'presets, files or packages that this config builds on',
    anyOf: [...one.anyOf, { type: 'array', items: one }],
  };
}

function nodeProperties(): Schema {
  const properties: Record<string, Schema> = {};
  for (const { path, kind, shape, required } of nodePlaces) {
    const [root, child] = path.split('.') as [string, string | undefined];
    const node = placeSchema(kind, shape === 'map' || !required);
    if (shape === 'map')
      properties[root] = {
        type: 'object',
        description: `name of yours → ${kind}`,
        additionalProperties: node,
      };
    else if (child === undefined) properties[root] = node;
    else
      properties[root] = {
        type: 'object',
        properties: { ...(properties[root]?.['properties'] as Schema), [child]: node },
        additionalProperties: false,
      };
  }
  return properties;
}

function placeSchema(kind: NodePlace['kind'], removable: boolean): Schema {
  const node = { $ref: `#/definitions/${kind}` };
  return removable ? { anyOf: [node, { const: false }] } : node;
}

/** A name; a name with options; options alone, for what a lower layer chose. */
function nodeSchema(kind: string, plugins: readonly CataloguedPlugin[], description: string): Schema {
  const ofKind = plugins.filter((plugin) => plugin.kind === kind);
  const slots = Object.fromEntries(ofKind.flatMap((plugin) => Object.entries(plugin.slots ?? {})));
  const names = ofKind.map(({ name, summary }) => ({ const: name, description: summary }));
  return {
    description: `${kind}: ${description}`,
    anyOf: [
      ...names,
      { type: 'string', pattern: ELSEWHERE },
      ...ofKind.map((plugin) => optionsSchema(plugin)),
      { type: 'object', properties: { use: { type: 'string', pattern: ELSEWHERE } }, required: ['use'] },
      { type: 'object', properties: { ...partSchemas(slots), use: false } },
    ],
  };
}

function optionsSchema({ kind, name, summary, options, slots = {} }: CataloguedPlugin): Schema {
  return {
    type: 'object',
    description: summary,
    properties: {
      use: { const: name },
      ...(kind === 'reward' && { weight: { description: 'what the reward is multiplied with' } }),
      ...(withoutRequired(options)['properties'] as Schema | undefined),
      ...partSchemas(slots),
    },
    required: ['use'],
    additionalProperties: false,
  };
}

/** Other plugins that stand in a plugin. */
function partSchemas(slots: NonNullable<CataloguedPlugin['slots']>): Schema {
  return Object.fromEntries(
    Object.entries(slots).map(([slot, { kind }]) => [slot, placeSchema(kind as NodePlace['kind'], true)]),
  );
}

/** What is required may stand in a layer below. Within an option it has to be whole. */
function withoutRequired(schema: OptionSchema | Schema): Schema {
  const rest = Object.fromEntries(Object.entries(schema).filter(([key]) => key !== 'required'));
  const properties = Object.entries((rest['properties'] ?? {}) as Readonly<Record<string, Schema>>);
  return {
    ...rest,
    properties: Object.fromEntries(
      properties.map(([key, inner]) => [
        key,
        inner['type'] === 'object' && 'properties' in inner ? withoutRequired(inner) : inner,
      ]),
    ),
  };
}
