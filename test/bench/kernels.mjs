// A micro-benchmark of each kernel of a backend that is ours, against the shipped one where there is one.
//
//   npm run bench -- --kernels [--backends webgpu]
//   node test/bench/kernels.mjs [--backend wasm] [--config B] [--repeats 30] [--threads N] [--out FILE]
//
// A rollout step of a configuration is run; on wasm, what plugins may call is called on 1.44 million elements, too. Of each
// kernel the call that took longest is kept and called again and again, alone. A second process replays the calls, same
// shapes and attributes, on TensorFlow.js's backend as shipped; of ours in WGSL there is none that is shipped.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { timesOf } from '../../packages/cli/dist/benchmark/spread.js';
import { table } from '../../packages/cli/dist/render/table.js';

const { values: options } = parseArgs({
  options: {
    backend: { type: 'string', default: 'wasm' },
    config: { type: 'string', default: 'B' },
    repeats: { type: 'string', default: '30' },
    threads: { type: 'string' },
    out: { type: 'string' },
    side: { type: 'string' },
    file: { type: 'string' },
  },
});
const REPEATS = Number(options.repeats);
const dist = (file) => import(new URL(`../../packages/${file}`, import.meta.url));

if (options.side === 'ours') writeFileSync(options.file, JSON.stringify(await measureOurs()));
else if (options.side === 'shipped') {
  const calls = JSON.parse(readFileSync(options.file, 'utf8'));
  writeFileSync(options.file, JSON.stringify(await measureShipped(calls)));
} else measureBoth();
process.exit(0);

/** Milliseconds of each repeat, after two that warm up, with what a device still computes when a call returns. */
async function timeCalls(call, settle) {
  const milliseconds = [];
  await settle?.();
  for (let i = -2; i < REPEATS; i++) {
    const started = performance.now();
    const dispose = call();
    if (settle) await settle();
    if (i >= 0) milliseconds.push(performance.now() - started);
    dispose();
  }
  return timesOf(milliseconds);
}

async function measureOurs() {
  const { tf, createRun } = await dist('core/dist/index.js');
  const { default: shipped } = await dist('plugins/dist/index.js');
  const { benchManifest } = await dist('cli/dist/benchmark/bench-plugins.js');
  const { builtInConfig } = await dist('cli/dist/benchmark/built-in-config.js');
  const { CONFIGURATIONS } = await dist('cli/dist/benchmark/configurations.js');
  const { startBackend } = await dist('cli/dist/benchmark/measure-backend.js');
  const threads = options.threads ? { threads: Number(options.threads) } : {};
  const { backend } = options;
  const { kernels } = await startBackend(backend, threads);
  const registered = tf.getKernelsForBackend(backend).map(({ kernelName }) => kernelName);
  const names = kernels?.split(' ') ?? registered.filter((name) => name.startsWith('Dapo')).sort();
  const longest = keepLongest(tf, new Set(names));
  const run = await createRun(builtInConfig(options.config, CONFIGURATIONS[options.config]), {
    manifests: [shipped, benchManifest(shipped.plugins.generator.policy)],
    set: [
      `backend=${backend}`,
      'budget.rolloutSteps=1',
      'evaluation.every=0',
      ...Object.entries(threads).map(([key, value]) => `backend.${key}=${value}`),
    ],
    print: () => undefined,
  });
  await run.train();
  if (backend === 'wasm') callByHand(tf);
  const replayed = [];
  for (const name of names) replayed.push(await replayOurs(tf.backend(), name, longest.get(name)));
  return replayed;
}

/** Of each kernel the call that took longest, its inputs held so that it can be called again. */
function keepLongest(tf, names) {
  const longest = new Map();
  const backend = tf.backend();
  for (const entry of tf.getKernelsForBackend(options.backend).filter(({ kernelName }) => names.has(kernelName))) {
    const { kernelName, kernelFunc } = entry;
    let depth = 0;
    entry.kernelFunc = (params) => {
      depth++;
      const started = performance.now();
      const result = kernelFunc(params);
      // A GPU has not computed yet: there the largest inputs count.
      const took = options.backend === 'wasm' ? performance.now() - started : elementsOf(params.inputs);
      depth--;
      const known = longest.get(kernelName);
      if (depth > 0 || (known && known.took >= took)) return result;
      // Held until the process ends: what a later call replaces is little.
      for (const { dataId } of tensorsOf(params.inputs)) backend.incRef(dataId);
      longest.set(kernelName, { took, kernelFunc, inputs: params.inputs, attrs: params.attrs });
      return result;
    };
  }
  return longest;
}

/** The tensors among the inputs of a kernel, lists of them opened. */
function tensorsOf(inputs) {
  return Object.values(inputs)
    .flat()
    .filter((input) => input?.dataId);
}

function elementsOf(inputs) {
  return tensorsOf(inputs).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

/** What plugins may call, on 1.44 million elements. */
function callByHand(tf) {
  const shape = [4096, 352];
  const x = tf.randomNormal(shape, 0, 1, 'float32', 1);
  const y = tf.randomNormal(shape, 0, 1, 'float32', 2);
  const rows = tf.randomUniform([4096], 0, 64, 'int32', 3);
  const calls = [
    () => tf.cast(x, 'int32'),
    () => tf.clipByValue(x, -1, 1),
    () => tf.concat([x, y], 1),
    () => tf.equal(x, y),
    () => tf.exp(x),
    () => tf.expm1(x),
    () => tf.gather(x, rows),
    () => tf.greater(x, y),
    () => tf.greaterEqual(x, y),
    () => tf.clone(x),
    () => tf.less(x, y),
    () => tf.lessEqual(x, y),
    () => tf.log1p(tf.square(x)),
    () => tf.max(x, 1),
    () => tf.maximum(x, y),
    () => tf.mean(x, 1),
    () => tf.min(x, 1),
    () => tf.minimum(x, y),
    () => tf.notEqual(x, y),
    () => tf.oneHot(rows, 64),
    () => tf.prod(x, 1),
    () => tf.reverse(x, 1),
    () => tf.where(tf.greater(x, y), x, y),
    () => tf.slice(x, [0, 16], [4096, 128]),
    () => tf.split(x, 2, 1),
    () => tf.sum(x, 0),
    () => tf.tile(x, [1, 2]),
    () => tf.transpose(tf.reshape(x, [128, 32, 4, 88]), [0, 2, 1, 3]),
    () => tf.unsortedSegmentSum(x, rows, 64),
    () => tf.fused.matMul({ a: x, b: tf.randomNormal([352, 128]), activation: 'relu' }),
  ];
  for (const call of calls) tf.tidy(call);
}

async function replayOurs(backend, name, call) {
  if (!call) return { name };
  const own = new Set(tensorsOf(call.inputs).map(({ dataId }) => dataId));
  const disposing = (result) => () => {
    // What writes in place gives its input back.
    for (const { dataId } of [result].flat()) if (!own.has(dataId)) backend.disposeData(dataId);
  };
  try {
    const ours = await timeCalls(
      () => disposing(call.kernelFunc({ inputs: call.inputs, attrs: call.attrs, backend })),
      settling(backend),
    );
    return {
      name,
      ours,
      inputs: await describe(call.inputs, backend),
      attrs: name.startsWith('Dapo') ? {} : call.attrs,
    };
  } catch (error) {
    return { name, failure: error.message };
  }
}

/** Waits until all is computed; undefined where a kernel has computed when it returns. */
function settling(backend) {
  if (options.backend !== 'webgpu') return undefined;
  return async () => {
    if (backend.commandEncoder) {
      backend.endComputePassEncoder();
      backend.submitQueue();
    }
    await backend.queue.onSubmittedWorkDone();
  };
}

/** Shapes and types; of whole numbers the largest, so that other indices are within bounds. */
async function describe(inputs, backend) {
  const largest = new Map();
  for (const { dataId } of tensorsOf(inputs).filter(({ dtype }) => dtype === 'int32')) {
    largest.set(
      dataId,
      (await backend.read(dataId)).reduce((a, b) => Math.max(a, b), 0),
    );
  }
  const one = ({ shape, dtype, dataId }) => ({
    shape,
    dtype,
    ...(largest.has(dataId) && { largest: largest.get(dataId) }),
  });
  return mapInputs(inputs, one);
}

/** A function of every tensor among the inputs of a kernel, which may be a list or have lists. */
function mapInputs(inputs, of) {
  if (Array.isArray(inputs)) return inputs.map(of);
  const given = Object.entries(inputs).filter(([, input]) => input);
  return Object.fromEntries(given.map(([key, input]) => [key, Array.isArray(input) ? input.map(of) : of(input)]));
}

/** The same calls on the backend as it is shipped, which has one thread in Node. */
async function measureShipped(calls) {
  const { tf } = await dist('core/dist/index.js');
  createRequire(new URL('../../packages/plugins/package.json', import.meta.url))('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend('wasm');
  const make = ({ shape, dtype, largest }) => {
    if (dtype === 'float32') return tf.randomNormal(shape, 0, 1, 'float32', 1);
    const whole = tf.randomUniform(shape, 0, (largest ?? 1) + 1, 'int32', 2);
    return dtype === 'bool' ? tf.cast(whole, 'bool') : whole;
  };
  const withShipped = async (call) => {
    if (!call.ours || !tf.getKernel(call.name, 'wasm')) return call;
    const inputs = mapInputs(call.inputs, make);
    const { kernelFunc } = tf.getKernel(call.name, 'wasm');
    const backend = tf.backend();
    try {
      const shipped = await timeCalls(() => {
        const result = kernelFunc({ inputs, attrs: call.attrs, backend });
        return () => [result].flat().forEach(({ dataId }) => backend.disposeData(dataId));
      });
      return { ...call, shipped };
    } catch (error) {
      return { ...call, refused: error.message };
    } finally {
      tf.dispose(inputs);
    }
  };
  const measured = [];
  for (const call of calls) measured.push(await withShipped(call));
  return measured;
}

function measureBoth() {
  const folder = mkdtempSync(path.join(tmpdir(), 'dapo-kernels-'));
  const file = path.join(folder, 'calls.json');
  const self = fileURLToPath(import.meta.url);
  try {
    for (const side of options.backend === 'wasm' ? ['ours', 'shipped'] : ['ours']) {
      const args = [
        self,
        '--backend',
        options.backend,
        '--config',
        options.config,
        '--repeats',
        options.repeats,
        '--side',
        side,
        '--file',
        file,
      ];
      const threads = options.threads ? ['--threads', options.threads] : [];
      const { status } = spawnSync(process.execPath, [...args, ...threads], { stdio: ['ignore', 'ignore', 'inherit'] });
      if (status !== 0) throw new Error(`the side ${side} ended with code ${status}`);
    }
    const calls = JSON.parse(readFileSync(file, 'utf8'));
    if (options.out)
      writeFileSync(
        options.out,
        JSON.stringify({ date: new Date().toISOString(), node: process.version, calls }, null, 2),
      );
    console.log(
      `Node ${process.version}, ${options.backend}, config ${options.config}; milliseconds of a call, median (best)\n`,
    );
    console.log(
      table(calls.map(rowOf), {
        head: ['kernel', 'on', 'ours', 'shipped', '× faster'],
        align: ['left', 'left', 'right', 'right', 'right'],
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowOf({ name, inputs = {}, ours, shipped, failure }) {
  const shapes = Object.values(inputs)
    .flat()
    .map(({ shape }) => `[${shape}]`);
  const on = shapes.length > 4 ? `${shapes.slice(0, 3).join(' ')} … (${shapes.length})` : shapes.join(' ');
  const show = (spread) => (spread ? `${spread.median.toFixed(3)} (${spread.best.toFixed(3)})` : '–');
  if (!ours) return [name, failure ? `not replayed: ${failure.split('\n')[0]}` : 'not called', '–', '–', '–'];
  return [name, on, show(ours), show(shipped), shipped ? (shipped.median / ours.median).toFixed(1) : '–'];
}
