import type { tf } from '@dapo/core';
import { sizeOf } from '../kernels/tensors.js';
import type { Heap } from './heap.js';
import { loadModule } from './modules.js';

/** assembly/elementwise.ts */
interface ElementwiseFunctions {
  exp(length: number, x: number, out: number): void;
  clip(length: number, x: number, low: number, high: number, out: number): void;
  extreme(smaller: boolean, length: number, a: number, b: number, single: boolean, out: number): void;
  compare(relation: number, length: number, a: number, b: number, single: boolean, out: number): void;
  toFloat(bytes: boolean, length: number, x: number, out: number): void;
}

/** The relations by the numbers that the compiled `compare` knows them by. */
export const RELATIONS = ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'] as const;

/** Two operands of which one is taken as it is and the other value by value, or once for all. */
interface Pair {
  readonly a: tf.TensorInfo;
  readonly b: tf.TensorInfo;
  /** b has a single value. */
  readonly single: boolean;
}

export class Elementwise {
  private readonly functions: ElementwiseFunctions;

  constructor(private readonly heap: Heap) {
    this.functions = loadModule<ElementwiseFunctions>('elementwise', heap.memory);
  }

  /** int32 and bool → float32. */
  toFloat(x: tf.TensorInfo): tf.TensorInfo {
    const out = this.heap.output(x.shape, 'float32');
    this.functions.toFloat(x.dtype === 'bool', sizeOf(x.shape), this.heap.address(x), out.address);
    return out.info;
  }

  /** tf.exp: 0.8 ns a value instead of 9. */
  exp(shipped: tf.KernelFunc): tf.KernelFunc {
    return (params) => {
      const { x } = params.inputs as Record<'x', tf.TensorInfo>;
      if (x.dtype !== 'float32') return shipped(params);
      const out = this.heap.output(x.shape, 'float32');
      this.functions.exp(sizeOf(x.shape), this.heap.address(x), out.address);
      return out.info;
    };
  }

  /** tf.clipByValue. The shipped kernel turns NaN into the lower bound: a broken loss would look healthy. */
  clipByValue(shipped: tf.KernelFunc): tf.KernelFunc {
    return (params) => {
      const { x } = params.inputs as Record<'x', tf.TensorInfo>;
      if (x.dtype !== 'float32') return shipped(params);
      const { clipValueMin, clipValueMax } = params.attrs as unknown as Record<string, number>;
      const out = this.heap.output(x.shape, 'float32');
      this.functions.clip(sizeOf(x.shape), this.heap.address(x), clipValueMin!, clipValueMax!, out.address);
      return out.info;
    };
  }

  /** tf.maximum, tf.minimum; NaN wins in either place. The shipped kernels lose a NaN that stands second. */
  extreme(smaller: boolean, shipped: tf.KernelFunc): tf.KernelFunc {
    return (params) => {
      const pair = asPair(params.inputs, true);
      if (!pair) return shipped(params);
      const out = this.heap.output(pair.a.shape, 'float32');
      const [a, b] = [this.heap.address(pair.a), this.heap.address(pair.b)];
      this.functions.extreme(smaller, sizeOf(pair.a.shape), a, b, pair.single, out.address);
      return out.info;
    };
  }

  /** tf.greater and its like: 0.5 ns a value instead of 5. */
  compare(relation: (typeof RELATIONS)[number], shipped: tf.KernelFunc): tf.KernelFunc {
    return (params) => {
      const pair = asPair(params.inputs, false);
      if (!pair) return shipped(params);
      const out = this.heap.output(pair.a.shape, 'bool');
      const [a, b] = [this.heap.address(pair.a), this.heap.address(pair.b)];
      this.functions.compare(RELATIONS.indexOf(relation), sizeOf(pair.a.shape), a, b, pair.single, out.address);
      return out.info;
    };
  }
}

/** The operands if they need no broadcasting beyond a single value; other pairs stay with the shipped kernel. */
function asPair(inputs: tf.NamedTensorInfoMap, commutes: boolean): Pair | undefined {
  const { a, b } = inputs as Record<'a' | 'b', tf.TensorInfo>;
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return undefined;
  if (a.shape.length === b.shape.length && a.shape.every((n, i) => n === b.shape[i])) return { a, b, single: false };
  if (sizeOf(b.shape) === 1 && b.shape.length <= a.shape.length) return { a, b, single: true };
  if (commutes && sizeOf(a.shape) === 1 && a.shape.length <= b.shape.length) return { a: b, b: a, single: true };
  return undefined;
}
