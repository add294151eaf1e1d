import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PREFIX = 'dapo-tests-';

/**
 * All temporary folders of a test run lie in one, which goes with it. Vitest calls this once for each of its projects:
 * only the first makes the folder, as Chromium refuses to start where the path of its socket grows past 107 bytes.
 */
export default function setup(): (() => void) | undefined {
  if (path.basename(tmpdir()).startsWith(PREFIX)) return undefined;
  const folder = mkdtempSync(path.join(tmpdir(), PREFIX));
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
