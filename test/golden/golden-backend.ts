import { registerZeroGradients, tf } from '@dapo/core';
import { hasPlugin, makeInstance } from './golden-plugins.js';

/**
 * Starts the backend that golden numbers are computed on: GOLDEN_BACKEND, else wasm, the one that every
 * installation has. `cpu` is TensorFlow.js's own in plain JavaScript.
 */
export async function startGoldenBackend(): Promise<void> {
  registerZeroGradients();
  const name = process.env['GOLDEN_BACKEND'] ?? 'wasm';
  const plugin = { kind: 'backend', name } as const;
  if (hasPlugin(plugin)) await (await makeInstance(plugin)).start();
  else await tf.setBackend(name);
}
