import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The folder of golden numbers: what GOLDEN names (relative to the repository), else ../shared/golden, else the copies
 * in test/fixtures/golden that every clone has.
 */
export function goldenFolder(): string {
  const named = process.env['GOLDEN'];
  if (named) return resolve(root, named);
  const shared = join(root, '..', 'shared', 'golden');
  return existsSync(shared) ? shared : join(root, 'test', 'fixtures', 'golden');
}

/** A golden file, parsed: `readGolden('adamw.json')`. */
export function readGolden(name: string): unknown {
  return JSON.parse(readFileSync(join(goldenFolder(), name), 'utf8'));
}
