// One update of config B, 128 sequences of 48 tokens, in plain TensorFlow.js operations: the wasm backend as shipped
// against the same backend with our kernels.
//
//   node scripts/build-kernels.mjs && node test/bench/step.mjs [--profile] [--repeats 9] [--only shipped|ours]

import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CONFIG_B, createDecoder, tokenLogProbs } from './decoder.mjs';

const { values: options } = parseArgs({
  options: {
    profile: { type: 'boolean', default: false },
    repeats: { type: 'string', default: '9' },
    only: { type: 'string' },
  },
});
const SEQUENCES = 128;

const root = fileURLToPath(new URL('../../', import.meta.url));
const require = createRequire(`${root}packages/core/package.json`);
const tf = require('@tensorflow/tfjs');

/** The backend plugin from its sources, so that nothing needs to be built but the kernels. */
async function startOurs(relaxedSimd) {
  const { createJiti } = require('jiti');
  const jiti = createJiti(`${root}packages/plugins/src/index.ts`, {
    interopDefault: false,
    fsCache: false,
    alias: { '@dapo/core': `${root}packages/core/src/index.ts` },
  });
  const plugin = await jiti.import(`${root}packages/plugins/src/backends/wasm.ts`, { default: true });
  await (await plugin.create({ relaxedSimd }, {})).start();
}

async function startShipped() {
  createRequire(`${root}packages/plugins/package.json`)('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend('wasm');
}

/** The clipped surrogate of DAPO over all response tokens, its gradient and a step of Adam. */
function createStep(lookUp) {
  const { vocabulary, tokens, prompt } = CONFIG_B;
  const decoder = createDecoder(tf, CONFIG_B, lookUp);
  const optimizer = tf.train.adam(1e-4);
  const ids = tf.randomUniform([SEQUENCES, tokens], 0, vocabulary, 'int32', 3);
  const mask = tf.tile(tf.cast(tf.greaterEqual(tf.range(1, tokens), prompt), 'float32').expandDims(0), [
    SEQUENCES,
    1,
  ]);
  const advantages = tf.randomNormal([SEQUENCES, 1], 0, 1, 'float32', 5);
  const old = tf.tidy(() => tokenLogProbs(tf, decoder, ids, vocabulary));
  const loss = () => {
    const ratio = tf.exp(tf.sub(tokenLogProbs(tf, decoder, ids, vocabulary), old));
    const clipped = tf.clipByValue(ratio, 0.8, 1.28);
    const gain = tf.minimum(tf.mul(ratio, advantages), tf.mul(clipped, advantages));
    return tf.neg(tf.div(tf.sum(tf.mul(gain, mask)), tf.sum(mask)));
  };
  return () => {
    const { value, grads } = tf.variableGrads(loss, decoder.variables);
    optimizer.applyGradients(grads);
    const result = value.dataSync()[0];
    tf.dispose([value, grads]);
    return result;
  };
}

function measure(step, repeats) {
  step();
  const times = [];
  // What others on the machine take away is not in the processor's time.
  const cpuTimes = [];
  let second = 0;
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    const cpuStart = process.cpuUsage();
    const loss = step();
    if (i === 0) second = loss;
    times.push(performance.now() - start);
    cpuTimes.push(process.cpuUsage(cpuStart).user / 1000);
  }
  times.sort((a, b) => a - b);
  cpuTimes.sort((a, b) => a - b);
  const middle = times.length >> 1;
  return { median: times[middle], best: times[0], cpu: cpuTimes[middle], second };
}

/** Milliseconds of one step by kernel, the time of kernels that a kernel calls counted in it. */
function profile(step) {
  const spent = new Map();
  const wrapped = tf.getKernelsForBackend('wasm').map((config) => {
    const original = config.kernelFunc;
    config.kernelFunc = (params) => {
      const start = performance.now();
      const result = original(params);
      const entry = spent.get(config.kernelName) ?? { ms: 0, calls: 0 };
      spent.set(config.kernelName, { ms: entry.ms + performance.now() - start, calls: entry.calls + 1 });
      return result;
    };
    return () => (config.kernelFunc = original);
  });
  const start = performance.now();
  step();
  const whole = performance.now() - start;
  wrapped.forEach((restore) => restore());
  const rows = [...spent].sort(([, a], [, b]) => b.ms - a.ms).slice(0, 22);
  console.log(
    `\n${rows.map(([name, { ms, calls }]) => `${name.padEnd(20)} ${ms.toFixed(1).padStart(8)} ms ${String(calls).padStart(6)} calls`).join('\n')}`,
  );
  const inside = [...spent.values()].reduce((sum, { ms }) => sum + ms, 0);
  console.log(`${'outside kernels'.padEnd(20)} ${(whole - inside).toFixed(1).padStart(8)} ms\n`);
}

const repeats = Number(options.repeats);
console.log(
  `Node ${process.version}, ${cpus()[0]?.model}, one thread; one update of 128 × 48 tokens, config B`,
);
console.log(
  '\n| kernels | median ms | best ms | processor ms | loss at the 2nd update |\n| --- | --- | --- | --- | --- |',
);
for (const [name, start, times, lookUp] of [
  // As shipped there is no UnsortedSegmentSum, hence no gradient of gather.
  ['shipped', startShipped, Math.min(repeats, 3), 'one-hot'],
  ['ours', () => startOurs(false), repeats, 'gather'],
  ['ours, relaxed SIMD', () => startOurs(true), repeats, 'gather'],
]) {
  if (options.only && !name.startsWith(options.only)) continue;
  await start();
  const step = createStep(lookUp);
  const { median, best, cpu, second } = measure(step, times);
  console.log(
    `| ${name} | ${median.toFixed(0)} | ${best.toFixed(0)} | ${cpu.toFixed(0)} | ${second.toFixed(6)} |`,
  );
  if (options.profile) profile(step);
}
