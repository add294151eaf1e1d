import { tf, type Backend } from '@dapo/core';
import { cpuBackend } from '@dapo/core/testing';
import { altered, defectsOf } from './planted.js';

const backend = defectsOf('backend');

const onCpu = (change: Partial<Backend>) => (): Backend => altered(cpuBackend.create({}, {}) as Backend, change);
let turn = 0;

export const plantedBackends = [
  backend(
    'says whether it can be used here',
    'its available gives {"ok":false}',
    onCpu({ available: async () => ({ ok: false }) as never }),
  ),
  backend(
    'becomes the current backend',
    'after start the current backend is «cpu» and its name is «gpu»',
    onCpu({ name: 'gpu' }),
  ),
  backend(
    'becomes the current backend',
    "JSON can't hold the facts that start gives: kernels is an object of class Set",
    onCpu({
      start: async () => ({ kernels: new Set() as never }),
    }),
  ),
  backend('computes what a training needs', 'a kernel of it computes something else', () =>
    faultyBackend('faulty', () => 2),
  ),
  backend(
    'gives the same bits where it says so',
    'it says that it is deterministic, and the same computation gives other bits',
    () => faultyBackend('moody', () => 1 + 1e-6 * turn++),
  ),
  backend(
    'fails to start by a named error',
    'its start throws a bare error: Error: no driver',
    onCpu({
      available: async () => ({ ok: false, reason: 'no driver', remedy: 'get one' }),
      start: () => Promise.reject(new Error('no driver')),
    }),
  ),
];

/** TensorFlow.js's plain backend with another Log. */
function faultyBackend(name: string, factor: () => number): Backend {
  if (!tf.findBackendFactory(name)) {
    tf.registerBackend(name, tf.findBackendFactory('cpu'));
    for (const kernel of tf.getKernelsForBackend('cpu')) {
      const { kernelFunc } = kernel;
      const faulty: typeof kernelFunc = (given) => {
        const out = kernelFunc(given) as tf.TensorInfo;
        const data = (given.backend as unknown as { data: Map<object, { values: Float32Array }> }).data.get(
          out.dataId,
        )!;
        data.values = data.values.map((value) => value * factor());
        return out;
      };
      tf.registerKernel({
        ...kernel,
        backendName: name,
        kernelFunc: kernel.kernelName === 'Log' ? faulty : kernelFunc,
      });
    }
  }
  return {
    name,
    deterministic: true,
    available: async () => ({ ok: true, detail: 'always' }),
    start: async () => {
      await tf.setBackend(name);
      return {};
    },
  };
}
