import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Backend, type BackendFacts, DapoError, definePlugin, tf, z } from '@dapo/core';
import { Heap, type WasmBackend } from './wasm/heap.js';
import { installKernels, installProducts } from './wasm/kernels.js';
import { guardAllocation } from './wasm/out-of-memory.js';
import { withoutNewListeners } from './wasm/process-listeners.js';
import { loadSgemm } from './wasm/sgemm.js';

const PACKAGE = '@tensorflow/tfjs-backend-wasm';

const options = z.strictObject({
  relaxedSimd: z
    .boolean()
    .default(true)
    .describe(
      'matrix products by fused multiply-add: 1.5 times as fast, bits may differ between kinds of processors',
    ),
});
type Options = z.output<typeof options>;

/** A backend object that is mended already, however many runs of the process start it. */
interface Mended {
  readonly heap: Heap;
  readonly kernels: readonly string[];
  relaxedSimd?: boolean;
  facts?: BackendFacts;
}
const mended = new WeakMap<object, Mended>();

async function start({ relaxedSimd }: Options): Promise<BackendFacts> {
  const version = await withoutNewListeners(startTensorFlow);
  const state = mend(tf.backend());
  if (state.facts && state.relaxedSimd === relaxedSimd) return state.facts;
  const variant = loadSgemm(state.heap, relaxedSimd);
  const kernels = [...state.kernels, ...installProducts(state.heap, variant)].sort().join(' ');
  const facts = { backend: 'wasm', version, threads: 1, matMul: variant.name, kernels };
  Object.assign(state, { relaxedSimd, facts });
  return facts;
}

function mend(backend: object): Mended {
  const known = mended.get(backend);
  if (known) return known;
  guardAllocation(backend as WasmBackend);
  const heap = new Heap(backend as WasmBackend);
  const state = { heap, kernels: installKernels(heap) };
  mended.set(backend, state);
  return state;
}

/** TensorFlow.js's own backend, up and current. */
async function startTensorFlow(): Promise<string> {
  // Imported here, not above: importing it registers the backend and 157 kernels.
  const { setWasmPaths, version_wasm } = await import('@tensorflow/tfjs-backend-wasm');
  const folder = dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
  setWasmPaths(join(folder, 'wasm-out', '/'));
  if (!(await tf.setBackend('wasm'))) {
    throw new DapoError({
      code: 'DAPO_BACKEND_START',
      message: 'The wasm backend of TensorFlow.js did not start.',
      hint: `Reinstall ${PACKAGE} ${tf.version_core}, or use the backend cpu`,
    });
  }
  return version_wasm;
}

export default definePlugin({
  kind: 'backend',
  name: 'wasm',
  summary:
    'The embedded default: TensorFlow.js compiled to WebAssembly, its slow kernels replaced by our own.',
  options,
  create: (chosen): Backend => ({
    name: 'wasm',
    deterministic: true,
    async available() {
      return { ok: true, detail: `TensorFlow.js wasm ${tf.version_core} with own kernels, one thread` };
    },
    start: () => start(chosen),
  }),
});
