#!/usr/bin/env node
/**
 * The benchmark against the field: `dapo bench` on several Nodes and, where python3 has torch and trl, TRL's
 * GRPOTrainer with the same work, in turns. docs/guide/speed.md says what the tables mean.
 *
 *   npm run bench [-- --configs A,B --rounds 5 --node PATH --fetch-node 24 --python PATH --out FILE]
 *   npm run bench -- --kernels      # a micro-benchmark of each kernel of ours, of the wasm backend or of webgpu
 *   npm run bench -- --large        # models that fill memory
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    configs: { type: 'string', default: 'A,B,C,D,E', short: 'c' },
    backends: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '3' },
    threads: { type: 'string' },
    node: { type: 'string', multiple: true, default: [] },
    'fetch-node': { type: 'string', multiple: true, default: [] },
    python: { type: 'string', default: 'python3' },
    under: { type: 'string', default: '' },
    growth: { type: 'boolean', default: false },
    kernels: { type: 'boolean', default: false },
    large: { type: 'boolean', default: false },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const HELP = `npm run bench -- [options]
  --configs A,B       built-in configurations (default: A,B,C,D,E)
  --backends wasm     tensor backends (default: all that are there)
  --rounds 5          times that every contestant has its turn
  --steps 3           rollout steps of a turn that count, after one to warm up
  --threads N         threads of the wasm backend and of PyTorch (default: all cores)
  --node PATH         another Node to measure on; may be given again
  --fetch-node 24     fetch such a Node with npm into a temporary folder and measure on it, too
  --python PATH       interpreter with torch and trl (default: python3)
  --under 'CMD …'     run each measurement under a command, such as taskset -c 0,1
  --growth            time and memory at half and twice each size, with the fitted exponent
  --large             models that fill memory, against PyTorch, instead of the configurations
  --kernels           each kernel of ours in --backends wasm, against the shipped one, or in --backends webgpu
  --out FILE          write everything as JSON`;

if (options.help) {
  console.log(HELP);
  process.exit(0);
}
if (!existsSync(path.join(root, 'packages/cli/dist/benchmark/run-benchmark.js'))) {
  console.error('The packages have not been built yet. Run: npm run build');
  process.exit(1);
}
if (options.kernels) {
  const { configs, backends = 'wasm' } = options;
  const args = ['--backend', backends, '--config', configs.includes(',') ? 'B' : configs];
  const { status } = spawnSync(process.execPath, [path.join(root, 'test/bench/kernels.mjs'), ...args], {
    stdio: 'inherit',
  });
  process.exit(status ?? 1);
}

const load = (file) => import(new URL(`../packages/cli/dist/${file}.js`, import.meta.url));
const { builtInSources } = await load('actions/bench');
const { choose } = await load('benchmark/choose-backends');
const { renderBenchmark } = await load('benchmark/render-benchmark');
const { runBenchmark } = await load('benchmark/run-benchmark');
const { machineFacts, versions } = await load('benchmark/machine');
const { coloursOf } = await load('terminal');
const { measureLarge } = await import('../test/bench/large.mjs');
const { pythonHas } = await import('../test/bench/python.mjs');
const { trlBaseline } = await import('../test/bench/trl.mjs');

const under = options.under.split(' ').filter((word) => word !== '');
const threads = options.threads === undefined ? undefined : Number(options.threads);
const say = (what) => console.error(`${new Date().toISOString().slice(11, 19)} ${what}`);
const fetched = mkdtempSync(path.join(tmpdir(), 'dapo-nodes-'));
try {
  const runtimes = [process.execPath, ...options.node, ...options['fetch-node'].map(fetchNode)].map((node) => ({
    node,
    under,
    version: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim(),
  }));
  const backends = await choose(options.backends?.split(','), threads);
  const python = pythonFor(options.large ? ['torch', 'transformers'] : ['torch', 'trl', 'transformers', 'datasets']);
  const report = options.large
    ? await largeReport({ runtimes, backends, python })
    : await runBenchmark(planOf({ runtimes, backends, python }), say);
  if (options.out) writeFileSync(options.out, `${JSON.stringify(report, null, 2)}\n`);
  console.log(renderBenchmark(report, coloursOf(process.stdout)));
} finally {
  rmSync(fetched, { recursive: true, force: true });
}

function planOf({ runtimes, backends, python }) {
  const steps = Number(options.steps);
  const baseline = python && trlBaseline({ python, under, steps, threads: threads ?? availableParallelism() });
  return {
    sources: builtInSources(options.configs.split(',')),
    runtimes,
    backends,
    set: [],
    warmUp: 1,
    steps,
    rounds: Number(options.rounds),
    ...(options.growth && { growth: {} }),
    ...(baseline && { baseline }),
  };
}

async function largeReport({ runtimes, backends, python }) {
  const settings = { runtimes, backends, python, under, threads: threads ?? availableParallelism(), repeats: 2 };
  const gradients = await measureLarge(settings, say);
  return {
    date: new Date().toISOString(),
    machine: machineFacts(),
    versions: versions(),
    twoThreads: [],
    backends: [],
    steps: [],
    gradients,
  };
}

/** The interpreter, where it has what is needed; says so where it has not. */
function pythonFor(modules) {
  if (pythonHas(options.python, modules)) return options.python;
  say(`no baseline: ${options.python} does not have ${modules.join(', ')} (--python PATH names another one)`);
  return undefined;
}

/** npm's package of a bare Node, without running anything of it. */
function fetchNode(major) {
  const name = `node-${process.platform}-${process.arch}`;
  say(`fetching ${name}@${major} with npm`);
  const folder = path.join(fetched, major);
  const args = [
    'install',
    '--prefix',
    folder,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-save',
    `${name}@${major}`,
  ];
  execFileSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  return path.join(folder, 'node_modules', name, 'bin/node');
}
