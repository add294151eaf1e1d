// Models that fill memory: what a forward and a backward pass takes in seconds and in peak memory, against PyTorch.

import { runTask } from '../../packages/cli/dist/benchmark/run-task.js';
import { timesOf } from '../../packages/cli/dist/benchmark/spread.js';
import { runPython } from './python.mjs';

const vocabulary = 151_936;

const CASES = [
  {
    what: '8 × 512 tokens, vocabulary 151,936, hidden 64',
    rows: 8,
    tokens: 512,
    frozenEmbedding: false,
    policy: { family: 'llama', hiddenSize: 64, layers: 2, heads: 4, intermediateSize: 192, contextLength: 512 },
  },
  {
    what: '4 × 256 tokens, Qwen2 of 0.5 B, embedding frozen',
    rows: 4,
    tokens: 256,
    frozenEmbedding: true,
    policy: {
      family: 'qwen2',
      hiddenSize: 896,
      layers: 24,
      heads: 14,
      keyValueHeads: 2,
      intermediateSize: 4864,
      contextLength: 256,
      freeze: ['model.embed_tokens'],
    },
  },
];

/** Of each case on each backend and Node, then of PyTorch. */
export async function measureLarge({ runtimes, backends, python, under, threads, repeats }, onMeasure) {
  const figures = [];
  for (const { what, rows, tokens, frozenEmbedding, policy } of CASES) {
    for (const runtime of runtimes) {
      for (const backend of backends) {
        onMeasure(`${what}, ${backend.name} on Node ${runtime.version}`);
        const task = {
          kind: 'gradient',
          backend: backend.name,
          options: backend.options,
          policy,
          vocabulary,
          rows,
          tokens,
          repeats,
        };
        figures.push({ what, node: runtime.version, backend: backend.name, ...(await runTask(task, runtime)) });
      }
    }
    if (python)
      figures.push(
        await measureTorch({ what, rows, tokens, frozenEmbedding, policy, python, under, threads, repeats }, onMeasure),
      );
  }
  return figures;
}

async function measureTorch({ what, policy, python, under, ...sizes }, onMeasure) {
  onMeasure(`${what}, PyTorch`);
  const { family, hiddenSize: hidden, layers, heads, keyValueHeads = heads, intermediateSize: intermediate } = policy;
  const task = { ...sizes, family, hidden, layers, heads, keyValueHeads, intermediate, vocabulary };
  try {
    const { versions, parameters, seconds, peakRssMiB } = await runPython(python, under, 'torch_gradient.py', [
      JSON.stringify(task),
    ]);
    return {
      what,
      backend: `PyTorch ${versions.torch}`,
      node: '–',
      parameters,
      pass: timesOf(seconds),
      gradientNorm: null,
      peakRssMiB,
    };
  } catch (error) {
    return { what, backend: 'PyTorch', node: '–', failure: error.message.split('\n').at(-1) || error.message };
  }
}
