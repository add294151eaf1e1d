import type { tf } from '@dapo/core';
import { requireFloat32, sizeOf } from '../kernels/tensors.js';
import type { Heap } from './heap.js';
import { loadModule } from './modules.js';

/** assembly/unsorted-segment-sum.ts */
interface SegmentSum {
  unsortedSegmentSum(rows: number, width: number, segments: number, x: number, ids: number, out: number): void;
}

/**
 * tf.unsortedSegmentSum: out[id] = Σ x[row] over the rows with that id. TensorFlow.js has no such kernel on wasm, and
 * without it no gradient of tf.gather, that is of an embedding table.
 */
export function unsortedSegmentSum(heap: Heap): tf.KernelFunc {
  const functions = loadModule<SegmentSum>('unsorted-segment-sum', heap.memory);
  return ({ inputs, attrs }) => {
    const { x, segmentIds } = inputs as Record<'x' | 'segmentIds', tf.TensorInfo>;
    requireFloat32('unsortedSegmentSum', x);
    const segments = Number(attrs?.['numSegments']);
    const rows = sizeOf(segmentIds.shape);
    const inner = x.shape.slice(segmentIds.shape.length);
    const out = heap.output([segments, ...inner], 'float32');
    functions.unsortedSegmentSum(rows, sizeOf(inner), segments, heap.address(x), heap.address(segmentIds), out.address);
    return out.info;
  };
}
