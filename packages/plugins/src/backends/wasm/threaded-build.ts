import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { tf } from '@dapo/core';
import type { WasmMemory } from './heap.js';

const PACKAGE = '@tensorflow/tfjs-backend-wasm';
const BUILD = 'tfjs-backend-wasm-threaded-simd.js';
/** 64 KiB each; 32-bit addresses end at the last of them. */
const [FIRST_PAGES, MOST_PAGES] = [256, 65_536];

declare const WebAssembly: {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => WasmMemory;
};

/** Emscripten's module object, as far as it is used here. */
interface ThreadedModule {
  cwrap(name: string, result: string | null, parameters: readonly string[]): unknown;
  tfjs?: Readonly<Record<string, unknown>>;
}
type Factory = (settings: Readonly<Record<string, unknown>>) => Promise<ThreadedModule>;

/**
 * TensorFlow.js's build for threads on a shared memory of ours, made the backend `wasm`. The package itself never takes
 * it in Node. Its own threads are not for us: one stays for what it computes, and none of the eight workers is started
 * that it would start at once.
 */
export async function startThreadedBuild(): Promise<void> {
  const { BackendWasm, setThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve(`${PACKAGE}/package.json`)), 'wasm-out');
  const factory = require(join(folder, BUILD)) as Factory;
  const memory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: MOST_PAGES, shared: true });
  const module = await withoutWorkers(() =>
    factory({
      locateFile: (path: string) => join(folder, path),
      mainScriptUrlOrBlob: join(folder, BUILD),
      wasmMemory: memory,
    }),
  );
  module.tfjs = bridge(module);
  tf.removeBackend('wasm');
  setThreadsCount(1);
  tf.registerBackend('wasm', () => new BackendWasm(module as never), 3);
}

/** What the package's own start-up puts between its kernels and the module. */
function bridge(module: ThreadedModule): Readonly<Record<string, unknown>> {
  return {
    init: module.cwrap('init', null, []),
    initWithThreadsCount: module.cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []),
    registerTensor: module.cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: module.cwrap('dispose_data', null, ['number']),
    dispose: module.cwrap('dispose', null, []),
  };
}

/** Stands where Emscripten expects one of its workers, says that it is ready, and does nothing. */
class IdleWorker {
  private answer: ((message: { cmd: 'loaded' }) => void) | undefined;

  on(event: string, handler: (message: { cmd: 'loaded' }) => void): void {
    if (event === 'message') this.answer = handler;
  }

  postMessage({ cmd }: { readonly cmd: string }): void {
    if (cmd === 'load') queueMicrotask(() => this.answer?.({ cmd: 'loaded' }));
  }

  unref(): void {}
  terminate(): void {}
}

/** Emscripten sets the global Worker and makes its workers from it: here it can't set it, and finds idle ones. */
async function withoutWorkers<T>(start: () => Promise<T>): Promise<T> {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'Worker');
  Object.defineProperty(globalThis, 'Worker', { configurable: true, get: () => IdleWorker, set: () => undefined });
  // A compilation alone doesn't keep a process alive.
  const hold = setInterval(() => undefined, 1000);
  try {
    return await start();
  } finally {
    clearInterval(hold);
    if (before) Object.defineProperty(globalThis, 'Worker', before);
    else Reflect.deleteProperty(globalThis, 'Worker');
  }
}
