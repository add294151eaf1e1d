import { type Backend, type BackendAvailability, type BackendFacts, definePlugin, tf, z } from '@dapo/core';
import { backendNotStarted } from '../backend-errors.js';
import { findAdapter, nameOf, NoAdapter, openDevice } from './webgpu/adapter.js';
import { watchDevice } from './webgpu/device-errors.js';
import type { WebGpuBackend } from './webgpu/device.js';
import { installKernels } from './webgpu/kernels.js';
import { withNavigator } from './webgpu/navigator.js';

const PACKAGE = '@tensorflow/tfjs-backend-webgpu';

const options = z.strictObject({
  adapter: z
    .enum(['default', 'fallback'])
    .default('default')
    .describe('which adapter is asked for: the GPU that the system prefers, or one in software'),
  power: z
    .enum(['high-performance', 'low-power'])
    .default('high-performance')
    .describe('of two GPUs the fast one or the frugal one'),
});
type Options = z.output<typeof options>;

/** What is used here of the optional package. Importing it registers its kernels, no backend where no browser is. */
interface TensorFlowWebGpu {
  readonly WebGPUBackend: new (device: unknown, adapterInfo: unknown) => WebGpuBackend;
}

interface Started {
  readonly facts: BackendFacts;
  readonly tensorLimit: number | undefined;
}

/** The backend of this process, which is made once. */
let started: Started | undefined;

async function available(chosen: Options): Promise<BackendAvailability> {
  try {
    await importKernels();
    const found = await findAdapter(chosen);
    return { ok: true, detail: nameOf(found) };
  } catch (error) {
    return { ok: false, ...explain(error) };
  }
}

async function start(chosen: Options): Promise<BackendFacts> {
  try {
    started ??= await create(chosen);
  } catch (cause) {
    const { reason, remedy } = explain(cause);
    throw backendNotStarted(reason, remedy, cause);
  }
  if (!(await tf.setBackend('webgpu'))) {
    throw backendNotStarted(`${PACKAGE} is installed, but its backend did not start.`, 'Use the backend wasm');
  }
  return started.facts;
}

async function create(chosen: Options): Promise<Started> {
  const { WebGPUBackend } = await importKernels();
  const found = await findAdapter(chosen);
  const device = await openDevice(found);
  // In a page the package has registered a backend of its own, which asks for another adapter and isn't watched.
  if ('webgpu' in tf.engine().registryFactory) tf.removeBackend('webgpu');
  const backend = withNavigator(found.gpu, () => new WebGPUBackend(device, found.adapter.info));
  watchDevice(backend, device);
  tf.registerBackend('webgpu', () => backend as unknown as ReturnType<typeof tf.backend>);
  installKernels(backend);
  const facts = {
    backend: 'webgpu',
    version: tf.version_core,
    adapter: nameOf(found),
    software: found.adapter.info.isFallbackAdapter ?? false,
  };
  return { facts, tensorLimit: found.adapter.limits['maxStorageBufferBindingSize'] };
}

async function importKernels(): Promise<TensorFlowWebGpu> {
  const module = (await import('@tensorflow/tfjs-backend-webgpu')) as unknown as
    TensorFlowWebGpu | { readonly default: TensorFlowWebGpu };
  return 'default' in module ? module.default : module;
}

/** What kept the backend from starting, in a sentence, and what to do about it. */
function explain(error: unknown): { reason: string; remedy: string } {
  if (error instanceof NoAdapter) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const absent = ['webgpu', PACKAGE].find((name) => message.includes(`'${name}'`));
  if (absent && code === 'ERR_MODULE_NOT_FOUND') {
    return {
      reason: `${absent} is not installed.`,
      remedy: `npm install ${PACKAGE}@${tf.version_core} webgpu`,
    };
  }
  return { reason: `WebGPU can't be used: ${message.split('\n')[0]}`, remedy: 'Use the backend wasm' };
}

export default definePlugin({
  kind: 'backend',
  name: 'webgpu',
  summary:
    'A GPU of any vendor, without CUDA, through the optional packages @tensorflow/tfjs-backend-webgpu and webgpu.',
  options,
  create: (chosen): Backend => ({
    name: 'webgpu',
    // Its products of matrices depend on the GPU, and nothing in WebGPU says how a driver rounds.
    deterministic: false,
    // What a shader can be handed at once.
    get tensorLimit() {
      return started?.tensorLimit;
    },
    available: () => available(chosen),
    start: () => start(chosen),
  }),
});
