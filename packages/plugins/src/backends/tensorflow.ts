import { createRequire } from 'node:module';
import path from 'node:path';
import util from 'node:util';
import { type Backend, type BackendAvailability, type BackendFacts, definePlugin, tf } from '@dapo/core';
import { backendNotStarted } from '../backend-errors.js';
import {
  describeDevice,
  hasNvidiaGpu,
  type Missing,
  missingIn,
  notInstalled,
  PACKAGE,
  whyNotLoaded,
} from './tensorflow/package-state.js';

/** The package is CommonJS. Required only when asked for: it is optional, and loading it starts TensorFlow. */
const require = createRequire(import.meta.url);

/** What is used here of the optional package; it registers the backend when it is loaded. */
interface NodeTensorFlow {
  readonly version?: Readonly<Record<string, string>>;
}

/** What is used here of TensorFlow's backend object. */
interface NodeBackend {
  readonly isUsingGpuDevice?: boolean;
  readonly binding?: { readonly TF_Version?: string };
}

const tensorflow: Backend = {
  name: 'tensorflow',
  // TensorFlow splits sums over its threads, and on a GPU adds in no fixed order.
  deterministic: false,
  available,
  start,
};

async function available(): Promise<BackendAvailability> {
  const loaded = load();
  if ('reason' in loaded) return { ok: false, reason: loaded.reason, remedy: loaded.remedy };
  const { version, gpu } = deviceOf(tf.findBackend('tensorflow') as NodeBackend);
  return { ok: true, detail: describeDevice(version, gpu, hasNvidiaGpu()) };
}

async function start(): Promise<BackendFacts> {
  const loaded = load();
  if ('reason' in loaded) throw backendNotStarted(loaded.reason, loaded.remedy, loaded.cause);
  if (!(await tf.setBackend('tensorflow'))) {
    throw backendNotStarted(
      `${PACKAGE} is installed, but its backend did not start.`,
      'Look at the lines it printed, or use the backend wasm',
    );
  }
  return {
    backend: 'tensorflow',
    ...deviceOf(tf.backend() as NodeBackend),
    tfjsNode: loaded.version?.['tfjs-node'] ?? 'unknown',
  };
}

function deviceOf({ isUsingGpuDevice = false, binding }: NodeBackend): { version: string; gpu: boolean } {
  return { version: binding?.TF_Version ?? 'unknown', gpu: isUsingGpuDevice };
}

function load(): NodeTensorFlow | (Missing & { readonly cause?: unknown }) {
  const folder = packageFolder();
  if (folder === undefined) return notInstalled;
  const missing = missingIn(folder);
  if (missing) return missing;
  restoreRemovedUtil();
  // Notes on the instruction set and on each library that it looks for: what matters of them is said here.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  try {
    return require(PACKAGE) as NodeTensorFlow;
  } catch (cause) {
    return { ...whyNotLoaded(cause instanceof Error ? cause.message : String(cause)), cause };
  }
}

/** By its package.json: npm may leave an empty folder where an optional package could not be had. */
function packageFolder(): string | undefined {
  try {
    return path.dirname(require.resolve(`${PACKAGE}/package.json`));
  } catch {
    return undefined;
  }
}

/** The package calls functions of node:util that Node 23 removed; it is CommonJS and sees them once put back. */
function restoreRemovedUtil(): void {
  const removed: Readonly<Record<string, (value: unknown) => boolean>> = {
    isArray: Array.isArray,
    isNullOrUndefined: (value) => value === null || value === undefined,
  };
  const target = util as unknown as Record<string, unknown>;
  for (const [name, replacement] of Object.entries(removed)) target[name] ??= replacement;
}

export default definePlugin({
  kind: 'backend',
  name: 'tensorflow',
  summary: 'TensorFlow itself, on a GPU where there is one, through the optional package @tensorflow/tfjs-node-gpu.',
  create: () => tensorflow,
});
