import { tf } from '@dapo/core';
import type { WebGpuBackend } from './device.js';
import { adamWKernel } from './fused/adam-w.js';
import { attentionKernels } from './fused/attention.js';
import { drawTokensKernel } from './fused/draw-tokens.js';
import { layerKernels } from './fused/layers.js';
import { Shaders } from './shaders.js';

/** Registers our kernels in WGSL beside TensorFlow.js's own. */
export function installKernels(backend: WebGpuBackend): readonly string[] {
  const shaders = new Shaders(backend);
  const kernels: Readonly<Record<string, tf.KernelFunc>> = {
    ...layerKernels(shaders),
    ...attentionKernels(shaders),
    DapoAdamW: adamWKernel(shaders),
    DapoDrawTokens: drawTokensKernel(shaders),
  };
  for (const [kernelName, kernelFunc] of Object.entries(kernels)) {
    tf.registerKernel({ kernelName, backendName: 'webgpu', kernelFunc });
  }
  return Object.keys(kernels);
}
