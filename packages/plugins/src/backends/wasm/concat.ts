import { tf } from '@dapo/core';
import { sizeOf } from '../kernels/tensors.js';
import { elementBytes, type Layout } from './layout.js';

/** tf.concat: each input goes, as one run a row around the axis, to its place in the longer rows of the result. */
export function concat(layout: Layout, shipped: tf.KernelFunc): tf.KernelFunc {
  const { heap } = layout;
  return (params) => {
    const inputs = params.inputs as unknown as readonly tf.TensorInfo[];
    const { shape: first, dtype } = inputs[0]!;
    const bytes = elementBytes(dtype);
    if (bytes === undefined || inputs.some((x) => x.dtype !== dtype)) return shipped(params);
    const axis = tf.util.parseAxisParam(Number(params.attrs?.['axis']), first)[0]!;
    const shapes = inputs.map((x) => x.shape);
    tf.backend_util.assertParamsConsistent(shapes, axis);
    const shape = tf.backend_util.computeOutShape(shapes, axis);
    const out = heap.output(shape, dtype);
    const rows = sizeOf(shape.slice(0, axis));
    const stride = sizeOf(shape.slice(axis)) * bytes;
    let to = out.address;
    for (const x of inputs) {
      const run = sizeOf(x.shape.slice(axis)) * bytes;
      layout.copyRuns(rows, run, heap.address(x), run, to, stride);
      to += run;
    }
    return out.info;
  };
}
