import { parse } from 'yaml';
import { malformedOverride } from '../errors/config-file-errors.js';
import { OVERRIDE_ORIGIN, type ConfigLayerWithOrigin } from './layers.js';

/**
 * Reads one `--set path=value` as a layer of its own. The value is YAML: `0.28`, `false`, `cispo`, `[1, 2]`,
 * `{ use: clip-higher, high: 0.3 }`.
 *
 * @throws DapoError where it isn't a path and a value
 */
export function parseOverride(text: string): ConfigLayerWithOrigin {
  const equals = text.indexOf('=');
  if (equals < 0) throw malformedOverride(text, 'there is no = in it');
  const segments = text.slice(0, equals).trim().split('.');
  if (segments.some((segment) => segment.trim() === '')) throw malformedOverride(text, 'its path has an empty part');
  const value = parseValue(text, text.slice(equals + 1).trim());
  const layer = segments.reduceRight<unknown>((inner, segment) => Object.fromEntries([[segment, inner]]), value);
  return { layer: layer as Readonly<Record<string, unknown>>, origin: OVERRIDE_ORIGIN };
}

function parseValue(text: string, value: string): unknown {
  if (value === '') throw malformedOverride(text, 'there is no value after the =');
  // YAML keeps @ for itself, but npm scopes begin with it.
  if (value.startsWith('@')) return value;
  try {
    return parse(value) as unknown;
  } catch (error) {
    throw malformedOverride(text, `its value is no YAML: ${(error as Error).message.split(/ at line|\n/)[0]}`);
  }
}
