import satisfies from 'semver/functions/satisfies.js';
import validRange from 'semver/ranges/valid.js';
import { z } from 'zod';
import { isMap } from '../config/layers.js';
import type { Place } from '../errors/config-errors.js';
import type { DapoError } from '../errors/dapo-error.js';
import { engineMismatch, packageFieldWrong, packageMismatch } from '../errors/plugin-errors.js';
import { engineVersion } from '../training/engine-versions.js';
import type { Plugin } from './define-plugin.js';
import { kinds } from './kinds.js';
import type { PackageFacts } from './module-loader.js';

/** The field `dapo` in the package.json of a package of plugins: `{ "engine": "^0.1.0", "plugins": { "reward": ["my-reward"] } }`. */
const packageField = z.strictObject({
  engine: z.string().describe('versions of @dapo/core that it works with'),
  plugins: z
    .partialRecord(z.enum(Object.keys(kinds)), z.array(z.string()).min(1))
    .describe('kind → names of its plugins'),
});

/** Whether the key `dapo` of a package.json is that of a package of plugins, and not a config. */
export function isPackageField(value: unknown): boolean {
  return isMap(value) && 'engine' in value;
}

/** What is wrong with a package before any of its code has run: another engine, kinds that there are not. */
export function packageProblem(facts: PackageFacts, place: Place): DapoError | undefined {
  const { dapo, peer } = facts;
  const field = isPackageField(dapo) ? packageField.safeParse(dapo) : undefined;
  if (field && !field.success) {
    const { path, message } = field.error.issues[0]!;
    return packageFieldWrong(place, facts, ['dapo', ...path].join('.'), message, Object.keys(kinds));
  }
  const outside = [field?.data?.engine, peer].find(
    (range) => typeof range === 'string' && excludes(range, engineVersion),
  );
  return outside === undefined ? undefined : engineMismatch(place, facts, outside, engineVersion);
}

/** Whether a package that has been imported holds what its package.json says. */
export function contentProblem(
  facts: PackageFacts | undefined,
  plugins: readonly Plugin[],
  place: Place,
): DapoError | undefined {
  if (!facts || !isPackageField(facts.dapo)) return undefined;
  const listed = Object.entries(packageField.parse(facts.dapo).plugins);
  const said = listed.flatMap(([kind, names = []]) => names.map((name) => `${kind} ${name}`));
  const there = plugins.map(({ kind, name }) => `${kind} ${name}`);
  const same = said.length === there.length && said.every((label) => there.includes(label));
  return same ? undefined : packageMismatch(place, facts, said, there);
}

/** What is no range (`latest`, the address of a file) excludes nothing. */
function excludes(range: string, version: string): boolean {
  return validRange(range) !== null && !satisfies(version, range, { includePrerelease: true });
}
