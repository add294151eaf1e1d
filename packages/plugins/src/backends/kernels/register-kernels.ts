import { tf } from '@dapo/core';

/** Registers kernels of our own in a backend, in place of those that it has. Gives their names. */
export function registerKernels(
  backendName: string,
  kernels: Readonly<Record<string, tf.KernelFunc>>,
): readonly string[] {
  for (const [kernelName, kernelFunc] of Object.entries(kernels)) {
    // Registering doesn't replace a kernel that exists: it only warns.
    if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({ kernelName, backendName, kernelFunc });
  }
  return Object.keys(kernels);
}
