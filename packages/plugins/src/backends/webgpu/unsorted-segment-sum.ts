import type { tf } from '@dapo/core';
import { requireFloat32, sizeOf, type Tensors } from '../kernels/tensors.js';
import type { Shaders } from './shaders.js';

/** Segments that share an invocation for each column: enough invocations for a GPU, each reading all ids. */
const CLASSES = 64;

/**
 * tf.unsortedSegmentSum: out[id] = Σ x[row] over the rows with that id, in the order of the rows. TensorFlow.js adds with
 * atomics, as they come: the gradient of an embedding table, and with it a whole run, would not come to the same twice.
 */
export function unsortedSegmentSum(shaders: Shaders): tf.KernelFunc {
  return ({ inputs, attrs }) => {
    const { x, segmentIds } = inputs as Tensors<'x' | 'segmentIds'>;
    requireFloat32('unsortedSegmentSum', x);
    const segments = Number(attrs?.['numSegments']);
    const inner = x.shape.slice(segmentIds.shape.length);
    const [rows, width] = [sizeOf(segmentIds.shape), sizeOf(inner)];
    const shape = [segments, ...inner];
    const out = shaders.each({ name: 'zeros', inputs: {}, shape, code: 'result[i] = 0.0;' });
    if (rows === 0) return out;
    const sums = {
      name: 'unsorted-segment-sum',
      inputs: { x, ids: segmentIds },
      shape,
      integers: { rows, width, segments },
      code: `
        let column = i % uniforms.width;
        let own = i / uniforms.width;
        for (var row = 0; row < uniforms.rows; row++) {
          let id = ids[row];
          if (id < 0 || id >= uniforms.segments || id % ${CLASSES} != own) { continue; }
          result[id * uniforms.width + column] += x[row * uniforms.width + column];
        }`,
    };
    return shaders.each(sums, width * CLASSES, out);
  };
}
