import type { OptionSchema } from '../catalogue.js';

/**
 * The type of an option in a few characters.
 *
 * @example optionType({ type: 'number', exclusiveMinimum: 0, maximum: 1 }) → 'number > 0, ≤ 1'
 */
export function optionType(schema: OptionSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => String(value)).join(' | ');
  const union = schema.anyOf ?? schema.oneOf;
  if (union) return [...new Set(union.map(optionType))].join(' | ');
  if (schema.type === 'array') return `list of ${schema.items ? optionType(schema.items) : 'anything'}`;
  if (schema.type === 'object') return objectType(schema);
  if (typeof schema.type !== 'string') return schema.type?.join(' | ') ?? 'anything';
  return [schema.type === 'integer' ? 'whole number' : schema.type, bounds(schema)].filter(Boolean).join(' ');
}

function objectType({ properties = {}, additionalProperties }: OptionSchema): string {
  const entries = Object.entries(properties).map(([name, schema]) => `${name}: ${optionType(schema)}`);
  if (entries.length > 0) return `{ ${entries.join(', ')} }`;
  return typeof additionalProperties === 'object' ? `map of ${optionType(additionalProperties)}` : 'map';
}

/** Bounds that a person has set; those of a safe integer go without saying. */
function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: OptionSchema): string {
  const said: string[] = [];
  if (exclusiveMinimum !== undefined) said.push(`> ${exclusiveMinimum}`);
  if (minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER) said.push(`≥ ${minimum}`);
  if (exclusiveMaximum !== undefined) said.push(`< ${exclusiveMaximum}`);
  if (maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) said.push(`≤ ${maximum}`);
  return said.join(', ');
}
