import type { DapoError } from '../errors/dapo-error.js';
import { secondCore } from '../errors/plugin-errors.js';
import { engineVersion } from '../training/engine-versions.js';

/** A copy of this package that is loaded in the process. */
export interface CoreCopy {
  readonly version: string;
  /** URL of a module of it. */
  readonly url: string;
}

const shared = Symbol.for('@dapo/core/copies');
/** The only list that two copies share: each enters itself when it is loaded. */
const copies = ((globalThis as { [shared]?: CoreCopy[] })[shared] ??= []);
if (!copies.some(({ url }) => url === import.meta.url)) copies.push({ version: engineVersion, url: import.meta.url });

/** What there is to say where a plugin has brought a copy of the core with it. */
export function secondCoreWarning(): DapoError | undefined {
  return copies.length > 1 ? secondCore(copies.map(describe)) : undefined;
}

function describe({ version, url }: CoreCopy): string {
  const folder = url.replace(/^file:\/\//, '').replace(/\/(dist|src)\/plugin\/[^/]*$/, '');
  return `${decodeURI(folder)} (${version})`;
}
