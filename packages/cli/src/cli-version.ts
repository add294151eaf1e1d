import { readFileSync } from 'node:fs';

/** Version of this package: those of the engine go together. */
export function cliVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
