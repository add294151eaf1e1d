import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { dapo, type Ended } from './dapo-process.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A folder in the checkout, as one in which the engine is installed: its packages are found from it. Removed at the end. */
export function folderInCheckout(name: string): string {
  mkdirSync(path.join(root, 'runs'), { recursive: true });
  const folder = mkdtempSync(path.join(root, 'runs', `${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What the TypeScript of the checkout has to say. */
export function tsc(cwd: string, project: string): string {
  const { stdout } = spawnSync(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', project], {
    cwd,
  });
  return stdout.toString();
}

/** What `npm run lint` and `npm run smoke` of a package of plugins do, without npm. */
export async function lintAndSmoke(
  cwd: string,
): Promise<{ readonly lint: Ended; readonly types: string; readonly smoke: Ended }> {
  const lint = await dapo(['plugin', 'lint'], { cwd });
  const types = tsc(cwd, 'tsconfig.build.json') + tsc(cwd, 'tsconfig.json');
  const smoke = await dapo(['train', '--steps', '3', '--out', 'runs/smoke'], { cwd });
  return { lint, types, smoke };
}
