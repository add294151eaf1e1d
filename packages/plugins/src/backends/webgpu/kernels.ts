import { registerKernels } from '../kernels/register-kernels.js';
import type { WebGpuBackend } from './device.js';
import { adamWKernel } from './fused/adam-w.js';
import { attentionKernels } from './fused/attention.js';
import { cacheKernels } from './fused/cache.js';
import { drawTokensKernel } from './fused/draw-tokens.js';
import { layerKernels } from './fused/layers.js';
import { Shaders } from './shaders.js';
import { unsortedSegmentSum } from './unsorted-segment-sum.js';

/** Registers our kernels in WGSL beside TensorFlow.js's own, or in place of it. */
export function installKernels(backend: WebGpuBackend): void {
  const shaders = new Shaders(backend);
  registerKernels('webgpu', {
    ...layerKernels(shaders),
    ...attentionKernels(shaders),
    ...cacheKernels(shaders),
    DapoAdamW: adamWKernel(shaders),
    DapoDrawTokens: drawTokensKernel(shaders),
    UnsortedSegmentSum: unsortedSegmentSum(shaders),
  });
}
