import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Backend, type BackendFacts, definePlugin, tf, z } from '@dapo/core';
import { backendNotStarted } from '../backend-errors.js';
import { Heap, memoryOf, type WasmBackend } from './wasm/heap.js';
import { installKernels, installProducts } from './wasm/kernels.js';
import { compileModule, compileRelaxedModule, isShared } from './wasm/modules.js';
import { guardAllocation } from './wasm/out-of-memory.js';
import { defaultThreads, type Pool } from './wasm/pool.js';
import { withoutNewListeners } from './wasm/process-listeners.js';
import { compileRevectorized } from './wasm/revectorize.js';
import type { SgemmVariant } from './wasm/sgemm.js';
import { startThreadedBuild } from './wasm/threaded-build.js';

const PACKAGE = '@tensorflow/tfjs-backend-wasm';

const options = z.strictObject({
  threads: z
    .number()
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe('threads that compute, the same results for any number; by default all cores that the process may use'),
  relaxedSimd: z
    .boolean()
    .default(true)
    .describe('matrix products by fused multiply-add: 1.5 times as fast, bits may differ between kinds of processors'),
  revectorize: z
    .boolean()
    .default(true)
    .describe(
      'on Node 24 and x64, products on vectors of 256 bits: twice as fast, the same bits; false if it makes trouble',
    ),
});
type Options = z.output<typeof options>;

/** A backend object that is mended already, however many runs of the process start it. */
interface Mended {
  readonly heap: Heap;
  readonly kernels: readonly string[];
  /** Compiled forms of the product, the fastest first. */
  readonly variants: readonly SgemmVariant[];
  /** Why there is no faster one. */
  readonly notWide?: string;
  installed?: SgemmVariant;
  products?: readonly string[];
}
const mended = new WeakMap<object, Mended>();

/** Runs that have started the backend and not yet disposed of it. */
let users = 0;
let whyNotThreaded = '';

async function start({ relaxedSimd, revectorize, threads = defaultThreads() }: Options): Promise<BackendFacts> {
  const version = await withoutNewListeners(startTensorFlow);
  const state = mend(tf.backend(), relaxedSimd && revectorize);
  const variant = state.variants.find(
    ({ module }) => module === 'dense' || (relaxedSimd && (revectorize || module === 'dense-relaxed')),
  )!;
  if (state.installed !== variant) {
    state.installed = variant;
    state.products = installProducts(state.heap, variant);
  }
  const { pool, memory } = state.heap;
  const oneThread = isShared(memory)
    ? startThreads(pool, threads)
    : `the build for threads does not start: ${whyNotThreaded}`;
  const kernels = [...state.kernels, ...state.products!].sort().join(' ');
  const facts = {
    backend: 'wasm',
    version,
    threads: pool.threads,
    matMul: variant.name,
    ...(variant.module === 'dense-relaxed' && state.notWide && { matMulNote: state.notWide }),
    kernels,
  };
  return oneThread ? { ...facts, oneThread } : facts;
}

/**
 * Starts so many threads, the calling one included.
 *
 * @returns why it computes alone, where the process may start none
 */
function startThreads(pool: Pool, threads: number): string | undefined {
  try {
    pool.resize(threads);
    return undefined;
  } catch (error) {
    pool.resize(1);
    return `no thread can be started: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The last run that disposes of the backend ends its threads; a later one starts them again. */
function release(): void {
  users--;
  if (users === 0) mended.get(tf.findBackend('wasm'))?.heap.pool.resize(1);
}

/** @param wide compiles the widest form too, where it works; decided by the first run of a process */
function mend(backend: object, wide: boolean): Mended {
  const known = mended.get(backend);
  if (known) return known;
  guardAllocation(backend as WasmBackend);
  const shared = isShared(memoryOf(backend as WasmBackend));
  const plain = ['dense', 'decode'].map((name) => compileModule(name, shared));
  const relaxed = ['dense-relaxed', 'decode-relaxed'].flatMap((name) => compileRelaxedModule(name, shared) ?? []);
  const widest = relaxed.length > 0 && wide ? compileRevectorized(shared) : { reason: '' };
  const modules = [
    compileModule('fused', shared),
    ...plain,
    ...relaxed,
    ...('modules' in widest ? widest.modules : []),
  ];
  const heap = new Heap(backend as WasmBackend, () => modules);
  const variants: readonly SgemmVariant[] = [
    ...('modules' in widest ? [{ name: 'relaxed-simd 6x16, 256 bits', module: 'dense-wide' } as const] : []),
    ...(relaxed.length > 0 ? [{ name: 'relaxed-simd 6x8', module: 'dense-relaxed' } as const] : []),
    { name: 'simd 4x8', module: 'dense' },
  ];
  const state: Mended = {
    heap,
    kernels: installKernels(heap),
    variants,
    ...('reason' in widest && { notWide: widest.reason }),
  };
  mended.set(backend, state);
  return state;
}

/** Where the build for threads doesn't start, the package's own start takes the plain one. */
async function tryThreads(): Promise<void> {
  try {
    await startThreadedBuild();
  } catch (error) {
    whyNotThreaded = error instanceof Error ? error.message : String(error);
  }
}

/** TensorFlow.js's own backend, up and current. */
async function startTensorFlow(): Promise<string> {
  // Imported here, not above: importing it registers the backend and 157 kernels.
  const { setWasmPaths, version_wasm } = await import('@tensorflow/tfjs-backend-wasm');
  if (!('wasm' in tf.engine().registry)) await tryThreads();
  const folder = dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
  setWasmPaths(join(folder, 'wasm-out', '/'));
  if (!(await tf.setBackend('wasm'))) {
    throw backendNotStarted(
      'The wasm backend of TensorFlow.js did not start.',
      `Reinstall ${PACKAGE} ${tf.version_core}, or use the backend tensorflow`,
    );
  }
  return version_wasm;
}

export default definePlugin({
  kind: 'backend',
  name: 'wasm',
  summary: 'The embedded default: TensorFlow.js compiled to WebAssembly, its slow kernels replaced by our own.',
  options,
  create: (chosen): Backend => {
    let started = false;
    return {
      name: 'wasm',
      deterministic: true,
      memoryLimit: 2 ** 32, // the reach of 32-bit addresses
      async available() {
        const threads = chosen.threads ?? defaultThreads();
        return { ok: true, detail: `TensorFlow.js wasm ${tf.version_core} with own kernels, threads: ${threads}` };
      },
      async start() {
        const facts = await start(chosen);
        if (!started) users++;
        started = true;
        return facts;
      },
      dispose() {
        if (started) release();
        started = false;
      },
    };
  },
});
