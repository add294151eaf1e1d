import { tf } from '@dapo/core';
import { operationMissing } from '../../backend-errors.js';
import { registerKernels } from '../kernels/register-kernels.js';
import { batchMatMul, createMultiply } from './batch-mat-mul.js';
import { cast } from './cast.js';
import { concat } from './concat.js';
import { Elementwise, RELATIONS } from './elementwise.js';
import { adamWKernel } from './fused/adam-w.js';
import { attentionKernels } from './fused/attention.js';
import { decodeKernels } from './fused/decode.js';
import { layerKernels } from './fused/layers.js';
import { logProbKernels } from './fused/log-probs.js';
import { fusedMatMul } from './fused-mat-mul.js';
import { gatherV2 } from './gather.js';
import { orNothing } from './empty-reduction.js';
import { registerReductionGradients } from './gradients.js';
import type { Heap } from './heap.js';
import { identity } from './identity.js';
import { Layout } from './layout.js';
import { nearZero } from './near-zero.js';
import { oneHot } from './one-hot.js';
import { reverse } from './reverse.js';
import { select } from './select.js';
import { Sgemm, type SgemmVariant } from './sgemm.js';
import { slice } from './slice.js';
import { splitV } from './split.js';
import { sum } from './sum.js';
import { tile } from './tile.js';
import { transpose } from './transpose.js';
import { unsortedSegmentSum } from './unsorted-segment-sum.js';

/** Registers our kernels in a started wasm backend, in place of TensorFlow.js's own or where it has none. */
export function installKernels(heap: Heap): readonly string[] {
  const layout = new Layout(heap);
  const elementwise = new Elementwise(heap);
  registerReductionGradients();
  return register(heap, {
    UnsortedSegmentSum: unsortedSegmentSum(heap),
    ...layerKernels(heap),
    DapoAdamW: adamWKernel(heap),
    Identity: identity(heap),
    // These fall back to the shipped kernel for the types that they leave to it.
    Cast: cast(heap, elementwise, shippedKernel('Cast')),
    Concat: concat(layout, shippedKernel('Concat')),
    GatherV2: gatherV2(layout, shippedKernel('GatherV2')),
    Select: select(layout, shippedKernel('Select')),
    Slice: slice(layout, shippedKernel('Slice')),
    SplitV: splitV(layout, shippedKernel('SplitV')),
    Sum: sum(heap, shippedKernel('Sum')),
    Max: orNothing(heap, -Infinity, shippedKernel('Max')),
    Min: orNothing(heap, Infinity, shippedKernel('Min')),
    Mean: orNothing(heap, NaN, shippedKernel('Mean')),
    Prod: orNothing(heap, 1, shippedKernel('Prod')),
    OneHot: oneHot(heap, shippedKernel('OneHot')),
    Log1p: nearZero(heap, Math.log1p),
    Expm1: nearZero(heap, Math.expm1),
    Reverse: reverse(layout, shippedKernel('Reverse')),
    Tile: tile(layout, shippedKernel('Tile')),
    Transpose: transpose(layout, shippedKernel('Transpose')),
    Exp: elementwise.exp(shippedKernel('Exp')),
    ClipByValue: elementwise.clipByValue(shippedKernel('ClipByValue')),
    Maximum: elementwise.extreme(false, shippedKernel('Maximum')),
    Minimum: elementwise.extreme(true, shippedKernel('Minimum')),
    ...Object.fromEntries(RELATIONS.map((name) => [name, elementwise.compare(name, shippedKernel(name))])),
  });
}

/** Registers the matrix products, which come in more than one form. */
export function installProducts(heap: Heap, variant: SgemmVariant): readonly string[] {
  const sgemm = new Sgemm(heap, variant);
  const multiply = createMultiply(heap, sgemm);
  return register(heap, {
    BatchMatMul: batchMatMul(multiply),
    _FusedMatMul: fusedMatMul(heap, multiply),
    ...attentionKernels(heap, variant),
    ...decodeKernels(heap, variant),
    ...logProbKernels(heap, sgemm),
  });
}

function register(heap: Heap, kernels: Readonly<Record<string, tf.KernelFunc>>): readonly string[] {
  const giving = Object.entries(kernels).map(([name, kernel]) => [name, heap.givingBack(kernel)]);
  return registerKernels('wasm', Object.fromEntries(giving) as Record<string, tf.KernelFunc>);
}

function shippedKernel(name: string): tf.KernelFunc {
  const kernel = tf.getKernel(name, 'wasm');
  if (kernel) return kernel.kernelFunc;
  throw operationMissing(`TensorFlow.js has no kernel ${name} on wasm.`);
}
