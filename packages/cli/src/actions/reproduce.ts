import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRun, openRun, type Run, type RunManifest } from '@dapo/core';
import { describeChange, type ConfigChange } from '../ablation/config-diff.js';
import { metricsMissing } from '../command-error.js';
import { engineOptions, overridesOf, type ExecOptions } from '../engine.js';
import { exitCodes } from '../exit-codes.js';
import { listenForInterrupt } from '../interrupt.js';
import { count, showValue } from '../render/format.js';
import { compareRecords, readRecords, type Deviation, type RecordComparison } from '../reproduction/compare-records.js';
import { diffManifests, type RunDifferences } from '../reproduction/diff-manifests.js';
import { findRun } from '../run-folder.js';
import { coloursOf, print, printAside, printJson } from '../terminal.js';

interface ReproduceOptions extends ExecOptions {
  readonly steps?: number;
  readonly seed?: number;
  readonly set?: readonly string[];
  readonly backend?: string;
  readonly out?: string;
  readonly json?: true;
}

/** Deviations that are printed; JSON has all of them. */
const SHOWN = 8;

export async function reproduce(folder: string, options: ReproduceOptions): Promise<void> {
  const { run: original } = findRun(folder);
  const { manifest, config } = await openRun(original);
  const then = await recordsOf(original);
  const lastStep = Math.min(options.steps ?? Infinity, Math.max(0, ...then.map(({ step }) => step)));
  const out = options.out ?? (await mkdtemp(path.join(tmpdir(), 'dapo-reproduce-')));
  const engine = engineOptions(options, [...overridesOf({ ...options, steps: undefined }), ...metricsAlone(manifest)]);
  if (!options.json)
    print(`training ${count(lastStep)} rollout step${lastStep === 1 ? '' : 's'} of ${original} again, into ${out}`);
  try {
    const run = await createRun(config, { ...engine, folder: out, print: () => undefined });
    if (!(await replay(run, lastStep))) {
      process.exitCode = exitCodes.interrupted;
      return printAside('interrupted: nothing was compared');
    }
    const again = await recordsOf(out);
    // A run that was lengthened has more steps than the config that it began with.
    const reached = Math.min(lastStep, Math.max(0, ...again.map(({ step }) => step)));
    const comparison = compareRecords(then, again, reached);
    const now = JSON.parse(await readFile(path.join(out, 'manifest.json'), 'utf8')) as RunManifest;
    const differences = withoutTrackers(diffManifests(manifest, now));
    const equal = comparison.deviations.length === 0;
    if (options.json) printJson({ run: original, equal, ...comparison, differences });
    else print(describe(comparison, differences));
    if (!equal) process.exitCode = exitCodes.failed;
  } finally {
    if (options.out === undefined) await rm(out, { recursive: true, force: true });
  }
}

async function recordsOf(folder: string): Promise<ReturnType<typeof readRecords>> {
  const file = path.join(folder, 'metrics.jsonl');
  if (!existsSync(file)) throw metricsMissing(folder);
  return readRecords(await readFile(file, 'utf8'));
}

/** Overrides that leave one tracker, which writes metrics.jsonl: what the others tell must not be told twice. */
function metricsAlone({ config }: RunManifest): string[] {
  const silent = Object.keys(config['trackers'] ?? {}).map((key) => `trackers.${key}=false`);
  return [...silent, 'trackers.jsonl=jsonl'];
}

function withoutTrackers(differences: RunDifferences): RunDifferences {
  const elsewhere = ({ path: place }: ConfigChange): boolean => !place.startsWith('trackers.');
  return {
    ...differences,
    config: differences.config.filter(elsewhere),
    plugins: differences.plugins.filter(elsewhere),
  };
}

/** The config stays as it was, the budget too: schedules go by it. False where a person broke off. */
async function replay(run: Run, lastStep: number): Promise<boolean> {
  const enough = new AbortController();
  const interrupt = listenForInterrupt(() => enough.abort());
  run.on('step:finished', ({ step }) => step >= lastStep && enough.abort());
  try {
    await run.train({ signal: enough.signal });
    return !interrupt.signal.aborted;
  } finally {
    interrupt.dispose();
    await run.dispose();
  }
}

function describe(comparison: RecordComparison, differences: RunDifferences): string {
  const { steps, evaluations, values, deviations } = comparison;
  const { bold, green, red } = coloursOf(process.stdout);
  const what = `${count(steps)} steps and ${count(evaluations)} evaluations`;
  const first = deviations[0];
  const lines = first
    ? [
        red(
          bold(
            `Not reproduced: ${count(deviations.length)} of ${count(values)} values of ${what} are others, the first at step ${first.step}.`,
          ),
        ),
        ...deviations.slice(0, SHOWN).map((deviation) => `  ${describeDeviation(deviation)}`),
        ...(deviations.length > SHOWN ? [`  … and ${count(deviations.length - SHOWN)} more`] : []),
      ]
    : [green(bold(`Reproduced: ${count(values)} values of ${what} are equal, bit for bit.`))];
  const told = Object.entries(differences).filter(([, changes]) => changes.length > 0);
  if (told.length === 0 && first)
    lines.push('Nothing that the manifest records is different: see «deterministic» of the backend there.');
  if (told.length > 0)
    lines.push(first ? 'What is not as it was then:' : 'They are, although not all is as it was then:');
  for (const [part, changes] of told) lines.push(bold(part), ...changes.map((change) => `  ${describeChange(change)}`));
  return lines.join('\n');
}

function describeDeviation({ kind, step, metric, then, now }: Deviation): string {
  const show = (value: unknown): string => (value === undefined ? 'not recorded' : showValue(value));
  return `step ${step}${kind === 'evaluation' ? ', evaluation' : ''}: ${metric} was ${show(then)}, now it is ${show(now)}`;
}
