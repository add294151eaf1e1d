import { tf } from '@dapo/core';
import { sizeOf } from '../kernels/tensors.js';
import type { Heap } from './heap.js';
import { loadModule } from './modules.js';

/** assembly/sum.ts */
interface SumFunctions {
  sumRows(rows: number, length: number, x: number, out: number): void;
  sumColumns(batch: number, length: number, width: number, x: number, out: number): void;
}

/** Neighbouring axes that are all summed over, or all kept, taken as one. */
interface AxisGroup {
  readonly length: number;
  readonly summed: boolean;
}

/**
 * tf.sum of float32 tensors. The shipped kernel transposes first unless the axes are the last, and leaves the sum of an
 * empty tensor unwritten.
 */
export function sum(heap: Heap, shipped: tf.KernelFunc): tf.KernelFunc {
  const functions = loadModule<SumFunctions>('sum', heap.memory);

  const sumGroup = (from: number, to: number, before: number, length: number, after: number): void => {
    if (after === 1) functions.sumRows(before, length, from, to);
    else functions.sumColumns(before, length, after, from, to);
  };

  return (params) => {
    const { x } = params.inputs as Record<'x', tf.TensorInfo>;
    const { axis, keepDims } = params.attrs as unknown as { axis: number | number[]; keepDims: boolean };
    const axes = tf.util.parseAxisParam(axis, x.shape);
    const shape = x.shape.flatMap((length, i) => (!axes.includes(i) ? [length] : keepDims ? [1] : []));
    if (sizeOf(x.shape) === 0) return zeros(heap, shape, x.dtype);
    if (x.dtype !== 'float32') return shipped(params);
    const groups = groupAxes(x.shape, axes);
    let current = x;
    // From the last axes to the first, so that the sums that stay long are over whole rows.
    for (let i = groups.findLastIndex(isSummed); i >= 0; i = groups.findLastIndex(isSummed)) {
      const before = sizeOf(groups.slice(0, i).map(lengthOf));
      const after = sizeOf(groups.slice(i + 1).map(lengthOf));
      const next = heap.output([before, after], 'float32');
      sumGroup(heap.address(current), next.address, before, groups[i]!.length, after);
      if (current !== x) heap.backend.disposeData(current.dataId);
      current = next.info;
      groups[i] = { length: 1, summed: false };
    }
    return current === x ? heap.alias(x, shape) : { ...current, shape };
  };
}

const isSummed = (group: AxisGroup): boolean => group.summed;
const lengthOf = (group: AxisGroup): number => group.length;

function groupAxes(shape: readonly number[], axes: readonly number[]): AxisGroup[] {
  const groups: AxisGroup[] = [];
  shape.forEach((length, axis) => {
    if (length === 1) return;
    const summed = axes.includes(axis);
    const last = groups.at(-1);
    if (last?.summed === summed) groups[groups.length - 1] = { length: last.length * length, summed };
    else groups.push({ length, summed });
  });
  return groups;
}

function zeros(heap: Heap, shape: readonly number[], dtype: tf.DataType): tf.TensorInfo {
  const out = heap.output(shape, dtype === 'bool' ? 'int32' : dtype);
  heap.int32(out.address, sizeOf(shape)).fill(0);
  return out.info;
}
