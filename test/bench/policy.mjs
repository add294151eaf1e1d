// For whoever works on the policy: generation and one update through its interface, without the engine, and a profile by
// kernel. What users get is measured by `npm run bench`.
//
//   node scripts/build-kernels.mjs && node test/bench/policy.mjs --config A [--repeats 5] [--threads 2] [--root DIR]
//
// A: hidden 64, 2 layers, 32 prompts × 16, 16 new tokens · B: hidden 128, 4 layers, 32 × 16, 32 new · C: hidden 256,
// 4 layers, 16 × 16, 64 new · D: as B with response lengths 1..32 · E: as B with prompts of 128 tokens. Vocabulary 64,
// prompts of 16 tokens, four updates a rollout step. `--root` measures another clone of the project, for before and after.

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    config: { type: 'string', default: 'B' },
    repeats: { type: 'string', default: '5' },
    root: { type: 'string', default: fileURLToPath(new URL('../../', import.meta.url)) },
    backend: { type: 'string', default: 'wasm' },
    options: { type: 'string', default: '{}' },
    profile: { type: 'boolean', default: false },
  },
});
const root = options.root.replace(/\/?$/, '/');
const UPDATES = 4;
const VOCABULARY = 64;

const require = createRequire(`${root}packages/core/package.json`);
const { createJiti } = require('jiti');
const jiti = createJiti(`${root}packages/plugins/src/index.ts`, {
  interopDefault: false,
  fsCache: false,
  alias: { '@dapo/core': `${root}packages/core/src/index.ts` },
});
const { tf, Random } = await jiti.import(`${root}packages/core/src/index.ts`);
const own = fileURLToPath(new URL('../../packages/cli/src/benchmark/configurations.ts', import.meta.url));
const config = (await jiti.import(own)).CONFIGURATIONS[options.config];
const load = (path) => jiti.import(`${root}packages/plugins/src/${path}.ts`, { default: true });

const backend = await load(`backends/${options.backend}`);
const facts = await (await backend.create(backend.options?.parse(JSON.parse(options.options)) ?? {}, {})).start();
const transformer = await load('policies/transformer');
const adamw = await load('optimizers/adamw');

const tokenizer = { vocabularySize: VOCABULARY, endToken: 1, files: () => ({}) };
const policy = await transformer.create(
  transformer.options.parse({
    hiddenSize: config.hidden,
    layers: config.layers,
    heads: config.heads,
    contextLength: 256,
  }),
  { tokenizer, random: new Random(1), configFolder: '/' },
);
const optimizer = adamw.create(adamw.options.parse({ learningRate: 1e-4 }), {});

const draw = new Random(2).key('bench');
const prompts = Array.from({ length: config.prompts }, (_, b) =>
  Int32Array.from({ length: config.promptTokens }, (_, i) => 2 + draw.at(b).integer(i, VOCABULARY - 2)),
);
const lengths = prompts.map((_, b) =>
  Array.from({ length: config.group }, (_, g) =>
    config.ragged ? 1 + draw.at(b, g).integer(0, config.tokens) : config.tokens,
  ),
);

async function generate() {
  const started = new Random(11);
  const completions = await policy.generate({
    prompts,
    groupSize: config.group,
    sampling: { maxResponseLength: config.tokens, temperature: 1, topP: 1, topK: 0 },
    endToken: config.ragged ? FIRST : -1,
    key: (prompt, response) => endingAt(lengths[prompt][response] - 1, started.key('bench', prompt, response)),
  });
  const cut = completions.filter(
    ({ tokens }, r) => tokens.length !== lengths[Math.floor(r / config.group)][r % config.group],
  ).length;
  if (cut > 0.02 * completions.length) throw new Error(`${cut} responses are not as long as they are to be`);
  return completions;
}

/** The token that the smallest random numbers draw. */
const FIRST = 0;

/** Random numbers under which a response of D ends at its length: there the first token is drawn, before it never. */
function endingAt(last, key) {
  if (!config.ragged) return key;
  return { uniform: (t) => (t === last ? 1e-30 : 0.2 + 0.8 * key.uniform(t)) };
}

/** The clipped surrogate of DAPO on the responses to a quarter of the prompts. */
async function update(responses, part) {
  const each = config.prompts / UPDATES;
  const rows = responses.slice(part * each * config.group, (part + 1) * each * config.group);
  const batch = {
    prompts: prompts.slice(part * each, (part + 1) * each),
    responses: rows,
    promptOf: Int32Array.from(rows, (_, r) => Math.floor(r / config.group)),
  };
  const total = rows.reduce((sum, { tokens }) => sum + tokens.length, 0);
  const objective = {
    temperature: 1,
    needsEntropy: false,
    evaluate: ({ logProbs, rows: chosen }) => {
      const [count, width] = logProbs.shape;
      const values = new Float32Array(count * width);
      const mask = new Float32Array(count * width);
      chosen.forEach((row, r) => {
        values.set(rows[row].logProbs, r * width);
        mask.fill(1 / total, r * width, r * width + rows[row].tokens.length);
      });
      const ratio = tf.exp(tf.sub(logProbs, tf.tensor2d(values, [count, width])));
      const advantages = tf.tensor2d(
        chosen.map((row) => Math.sin(row)),
        [count, 1],
      );
      const gain = tf.minimum(tf.mul(ratio, advantages), tf.mul(tf.clipByValue(ratio, 0.8, 1.28), advantages));
      return { total: tf.neg(tf.sum(tf.mul(gain, tf.tensor2d(mask, [count, width])))), scalars: {} };
    },
  };
  const report = await policy.accumulate(batch, objective, { microBatch: 'auto' });
  const gradientNorm = await policy.gradientNorm();
  await policy.step({ optimizer, learningRate: 1e-4, gradientNorm });
  return { parts: report.parts.length, gradientNorm };
}

/** Wall and processor milliseconds of a task. */
async function timed(task) {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const result = await task();
  const { user, system } = process.cpuUsage(cpu);
  return { result, ms: performance.now() - start, cpu: (user + system) / 1000 };
}

/** Milliseconds by kernel, the time of kernels that a kernel calls counted in it too. */
function startProfile() {
  const spent = new Map();
  for (const entry of tf.getKernelsForBackend(tf.getBackend())) {
    const original = entry.kernelFunc;
    entry.kernelFunc = (params) => {
      const start = performance.now();
      const result = original(params);
      const { ms, calls } = spent.get(entry.kernelName) ?? { ms: 0, calls: 0 };
      spent.set(entry.kernelName, { ms: ms + performance.now() - start, calls: calls + 1 });
      return result;
    };
  }
  return spent;
}

function printProfile(title, spent, whole) {
  const rows = [...spent].sort(([, a], [, b]) => b.ms - a.ms).slice(0, 16);
  const inside = [...spent.values()].reduce((sum, { ms }) => sum + ms, 0);
  const line = (name, ms, calls) => `${name.padEnd(22)} ${ms.toFixed(1).padStart(8)} ms ${String(calls).padStart(6)}`;
  console.log(
    [
      `\n${title}: ${whole.toFixed(1)} ms`,
      ...rows.map(([name, { ms, calls }]) => line(name, ms, calls)),
      line('outside kernels', whole - inside, ''),
    ].join('\n'),
  );
  spent.clear();
}

const runs = { generation: [], update: [] };
let last;
for (let i = 0; i <= Number(options.repeats); i++) {
  const drawn = await timed(generate);
  const updated = await timed(() => update(drawn.result, i % UPDATES));
  last = { drawn, updated };
  // The first time compiles and allocates.
  if (i === 0) continue;
  runs.generation.push(drawn);
  runs.update.push(updated);
}
const summary = (of) => {
  const sorted = (key) => runs[of].map((run) => run[key]).sort((a, b) => a - b);
  const [ms, cpu] = [sorted('ms'), sorted('cpu')];
  const round = (value) => Number(value.toFixed(1));
  return {
    median: round(ms[ms.length >> 1]),
    best: round(ms[0]),
    cpu: round(cpu[cpu.length >> 1]),
    bestCpu: round(cpu[0]),
  };
};
console.log(
  JSON.stringify({
    config: options.config,
    node: process.version,
    threads: facts.threads,
    matMul: facts.matMul,
    generation: summary('generation'),
    update: summary('update'),
    rssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    microBatches: last.updated.result.parts,
    check: {
      firstTokens: last.drawn.result[0].tokens.slice(0, 4).join(' '),
      gradientNorm: last.updated.result.gradientNorm,
    },
  }),
);
if (options.profile) {
  const spent = startProfile();
  const drawn = await timed(generate);
  printProfile('generation', spent, drawn.ms);
  const updated = await timed(() => update(drawn.result, 0));
  printProfile('update', spent, updated.ms);
}
policy.dispose();
optimizer.dispose();
