// Measurements in Python: which interpreter has what they need, and one that runs.

import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/** Whether an interpreter imports these modules. */
export function pythonHas(python, modules) {
  const find = `import importlib.util, sys; sys.exit(any(importlib.util.find_spec(m) is None for m in ${JSON.stringify(modules)}))`;
  return spawnSync(python, ['-c', find], { stdio: 'ignore' }).status === 0;
}

/** The last line that a script of this folder prints, as JSON. */
export async function runPython(python, under, script, args) {
  const [command, ...rest] = [...under, python, here(script), ...args];
  const { stdout } = await run(command, rest, { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1));
}
