import { tf } from '@dapo/core';
import { sizeOf } from '../kernels/tensors.js';
import { indexOutsideOfAxis } from '../../backend-errors.js';
import { elementBytes, type Layout } from './layout.js';

/** tf.gather. The shipped kernel gives wrong values for `batchDims` above 0, and takes 18 ns an element. */
export function gatherV2(layout: Layout, shipped: tf.KernelFunc): tf.KernelFunc {
  const { heap } = layout;
  return (params) => {
    const { x, indices } = params.inputs as Record<'x' | 'indices', tf.TensorInfo>;
    const { axis, batchDims } = params.attrs as unknown as { axis: number; batchDims: number };
    const bytes = elementBytes(x.dtype);
    if (bytes === undefined || indices.dtype !== 'int32') return shipped(params);
    const along = tf.util.parseAxisParam(axis, x.shape)[0]!;
    const { collectGatherOpShapeInfo } = tf.backend_util.segment_util;
    const shapes = collectGatherOpShapeInfo(x, indices, along, batchDims);
    const { batchSize, outerSize, dimSize, sliceSize, outputShape } = shapes;
    const out = heap.output(outputShape, x.dtype);
    if (batchSize === 0) return out.info;
    const count = sizeOf(indices.shape) / batchSize;
    const run = sliceSize * bytes;
    for (let b = 0; b < batchSize; b++) {
      const ids = heap.address(indices) + b * count * 4;
      const from = heap.address(x) + b * outerSize * dimSize * run;
      const wrong = layout.gatherRuns(
        outerSize,
        count,
        dimSize,
        run,
        from,
        ids,
        out.address + b * outerSize * count * run,
      );
      if (wrong < 0) continue;
      heap.backend.disposeData(out.info.dataId);
      throw indexOutsideOfAxis(heap.int32(ids + wrong * 4, 1)[0]!, dimSize);
    }
    return out.info;
  };
}
