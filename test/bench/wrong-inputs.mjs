// How long each wrong input of test/errors takes until its whole text is there; at most 1 s each on an idle machine.
//
//   npm run build && node test/bench/wrong-inputs.mjs [--slowest 10] [--limit 1000]

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: { slowest: { type: 'string', default: '10' }, limit: { type: 'string', default: '1000' } },
});
const root = fileURLToPath(new URL('../../', import.meta.url));
const limit = Number(options.limit);

/** Name and milliseconds of every test of the folder, one after the other in one process. */
function measure() {
  const folder = mkdtempSync(path.join(tmpdir(), 'dapo-bench-'));
  const output = path.join(folder, 'report.json');
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const args = [
    'run',
    '--project',
    'fast',
    'test/errors',
    '--maxWorkers',
    '1',
    '--reporter',
    'json',
    '--outputFile',
    output,
  ];
  try {
    spawnSync(process.execPath, [vitest, ...args], { cwd: root, stdio: 'ignore' });
    return JSON.parse(readFileSync(output, 'utf8')).testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ fullName, duration, status }) => ({
        name: `${path.basename(name, '.test.ts')}: ${fullName}`,
        file: path.basename(name),
        duration,
        status,
      })),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// The first input of a file pays for loading the engine, as a person's does; codes.test.ts holds no input.
const inputs = measure().filter(({ file }) => file !== 'codes.test.ts');
const sorted = [...inputs].sort((a, b) => b.duration - a.duration);
const slow = sorted.filter(({ duration }) => duration > limit);
const failed = inputs.filter(({ status }) => status !== 'passed');
const median = sorted[sorted.length >> 1]?.duration ?? 0;

console.log(`${inputs.length} wrong inputs, median ${median.toFixed(0)} ms, load ${loadavg()[0].toFixed(1)}`);
for (const { name, duration } of sorted.slice(0, Number(options.slowest)))
  console.log(`${duration.toFixed(0).padStart(6)} ms  ${name}`);
if (failed.length > 0) console.log(`${failed.length} failed: vitest run --project fast test/errors`);
console.log(`${slow.length} took more than ${limit} ms`);
process.exitCode = slow.length + failed.length > 0 ? 1 : 0;
