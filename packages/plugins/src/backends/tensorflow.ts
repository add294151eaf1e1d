import { createRequire } from 'node:module';
import util from 'node:util';
import {
  type Backend,
  type BackendAvailability,
  type BackendFacts,
  definePlugin,
  tf,
} from '@dapo/core';
import { backendNotStarted } from '../backend-errors.js';

const PACKAGE = '@tensorflow/tfjs-node-gpu';

/** The package is CommonJS. Required only when asked for: it is optional, and loading it starts TensorFlow. */
const require = createRequire(import.meta.url);

/** What is used here of the optional package; it registers the backend when it is loaded. */
interface NodeTensorFlow {
  readonly version?: Readonly<Record<string, string>>;
  readonly node?: { isUsingGpuDevice?(): boolean };
}

const tensorflow: Backend = {
  name: 'tensorflow',
  // TensorFlow splits sums over its threads, and on a GPU adds in no fixed order.
  deterministic: false,
  available,
  start,
};

async function available(): Promise<BackendAvailability> {
  try {
    const module = load();
    return { ok: true, detail: `TensorFlow for Node ${module.version?.['tfjs-node'] ?? ''}`.trim() };
  } catch (error) {
    return { ok: false, ...explain(error) };
  }
}

async function start(): Promise<BackendFacts> {
  const module = loadOrExplain();
  if (!(await tf.setBackend('tensorflow'))) {
    throw backendNotStarted(
      `${PACKAGE} is installed, but its backend did not start.`,
      'Look at the lines it printed: usually a library of CUDA is missing. Or use the backend wasm',
    );
  }
  return {
    backend: 'tensorflow',
    version: module.version?.['tfjs-node'] ?? 'unknown',
    gpu: module.node?.isUsingGpuDevice?.() ?? false,
  };
}

function loadOrExplain(): NodeTensorFlow {
  try {
    return load();
  } catch (cause) {
    const { reason, remedy } = explain(cause);
    throw backendNotStarted(reason, remedy, cause);
  }
}

function load(): NodeTensorFlow {
  restoreRemovedUtil();
  return require(PACKAGE) as NodeTensorFlow;
}

/** The package calls functions of node:util that Node 23 removed; it is CommonJS and sees them once put back. */
function restoreRemovedUtil(): void {
  const removed: Readonly<Record<string, (value: unknown) => boolean>> = {
    isArray: Array.isArray,
    isNullOrUndefined: (value) => value === null || value === undefined,
    isString: (value) => typeof value === 'string',
    isNumber: (value) => typeof value === 'number',
    isObject: (value) => typeof value === 'object' && value !== null,
    isFunction: (value) => typeof value === 'function',
  };
  const target = util as unknown as Record<string, unknown>;
  for (const [name, replacement] of Object.entries(removed)) target[name] ??= replacement;
}

function explain(error: unknown): { reason: string; remedy: string } {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'MODULE_NOT_FOUND' && message.includes(PACKAGE)) {
    return { reason: `${PACKAGE} is not installed.`, remedy: `npm install ${PACKAGE}@${tf.version_core}` };
  }
  return {
    reason: `${PACKAGE} is installed but can't be loaded: ${message.split('\n')[0]}`,
    remedy: `Build its binding (npm rebuild ${PACKAGE}), or use the backend wasm`,
  };
}

export default definePlugin({
  kind: 'backend',
  name: 'tensorflow',
  summary:
    'TensorFlow itself, on a GPU where there is one, through the optional package @tensorflow/tfjs-node-gpu.',
  create: () => tensorflow,
});
