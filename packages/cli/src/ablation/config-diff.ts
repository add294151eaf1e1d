/** One place in which two configs differ; undefined where it isn't there. */
export interface ConfigChange {
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
}

type Described = Readonly<Record<string, unknown>>;

/**
 * What differs between two configs as `describeConfig` gives them. Where another plugin stands, that is the change: its
 * options, which are other ones, are not listed.
 */
export function diffConfigs(from: Described, to: Described, path = ''): ConfigChange[] {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return keys.flatMap((key) => diffValues(from[key], to[key], path === '' ? key : `${path}.${key}`));
}

function diffValues(from: unknown, to: unknown, path: string): ConfigChange[] {
  if (isPlugin(from) || isPlugin(to)) {
    const [before, after] = [pluginName(from), pluginName(to)];
    if (before !== after) return [{ path, from: before, to: after }];
  }
  if (isMap(from) && isMap(to)) return diffConfigs(from, to, path);
  return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ path, from, to }];
}

function isMap(value: unknown): value is Described {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPlugin(value: unknown): value is Described & { readonly use: string } {
  return isMap(value) && typeof value['use'] === 'string';
}

function pluginName(value: unknown): unknown {
  return isPlugin(value) ? value.use : value;
}

/** @example describeChange({ path: 'loss.clip', from: 'clip-higher', to: 'clip' }) → 'loss.clip: clip-higher → clip' */
export function describeChange({ path, from, to }: ConfigChange): string {
  const text = (value: unknown): string =>
    value === undefined ? 'none' : typeof value === 'string' ? value : JSON.stringify(value);
  return `${path}: ${text(from)} → ${text(to)}`;
}
