import type { tf } from '@dapo/core';
import { requireFloat32, rowsOf, sizeOf, type Tensors } from '../../kernels/tensors.js';
import type { Heap } from '../heap.js';

/** RMS norms, SwiGLU and rotary positions in one piece each, forward and backward: assembly/fused.ts. */
export function layerKernels(heap: Heap): Record<string, tf.KernelFunc> {
  const { pool } = heap;
  const functions = {
    rmsNorm: pool.function('fused.rmsNorm'),
    rmsNormBackward: pool.function('fused.rmsNormBackward'),
    swiGlu: pool.function('fused.swiGlu'),
    swiGluBackward: pool.function('fused.swiGluBackward'),
    rotate: pool.function('fused.rotate'),
  };
  const block = (pool.function('fused.blockLength').run as () => number)();
  const at = (tensor: tf.TensorInfo): number => heap.address(tensor);

  const rmsNorm: tf.KernelFunc = ({ inputs, attrs }) => {
    const { x } = inputs as Tensors<'x'>;
    requireFloat32('DapoRmsNorm', x);
    const width = x.shape.at(-1)!;
    const [out, scales] = [heap.output(x.shape, 'float32'), heap.output(x.shape.slice(0, -1), 'float32')];
    pool.run(functions.rmsNorm, rowsOf(x), 0.6 * width, [
      width,
      Number(attrs?.['epsilon']),
      at(x),
      out.address,
      scales.address,
    ]);
    return [out.info, scales.info];
  };

  const rmsNormBackward: tf.KernelFunc = ({ inputs }) => {
    const { unit, scales, dy } = inputs as Tensors<'unit' | 'scales' | 'dy'>;
    const width = unit.shape.at(-1)!;
    const out = heap.output(unit.shape, 'float32');
    pool.run(functions.rmsNormBackward, rowsOf(unit), 0.8 * width, [width, at(unit), at(scales), at(dy), out.address]);
    return out.info;
  };

  const swiGlu: tf.KernelFunc = ({ inputs }) => {
    const { gate, up } = inputs as Tensors<'gate' | 'up'>;
    requireFloat32('DapoSwiGlu', gate, up);
    const length = sizeOf(gate.shape);
    const out = heap.output(gate.shape, 'float32');
    pool.run(functions.swiGlu, Math.ceil(length / block), 1.2 * block, [length, at(gate), at(up), out.address]);
    return out.info;
  };

  const swiGluBackward: tf.KernelFunc = ({ inputs }) => {
    const { gate, up, dy } = inputs as Tensors<'gate' | 'up' | 'dy'>;
    const length = sizeOf(gate.shape);
    const [dGate, dUp] = [heap.output(gate.shape, 'float32'), heap.output(gate.shape, 'float32')];
    pool.run(functions.swiGluBackward, Math.ceil(length / block), 1.8 * block, [
      length,
      at(gate),
      at(up),
      at(dy),
      dGate.address,
      dUp.address,
    ]);
    return [dGate.info, dUp.info];
  };

  /** x [tokens, keyHeads · (turned + 1) · headDim]; cos and sin [tokens, turned · headDim]. */
  const rotate: tf.KernelFunc = ({ inputs, attrs }) => {
    const { x, cos, sin } = inputs as Tensors<'x' | 'cos' | 'sin'>;
    requireFloat32('DapoRotate', x, cos, sin);
    const { keyHeads, turned, headDim, direction } = attrs as unknown as Record<
      'keyHeads' | 'turned' | 'headDim' | 'direction',
      number
    >;
    const out = heap.output(x.shape, 'float32');
    pool.run(functions.rotate, rowsOf(x), 0.6 * x.shape.at(-1)!, [
      keyHeads,
      turned,
      headDim,
      at(x),
      at(cos),
      at(sin),
      out.address,
      direction,
    ]);
    return out.info;
  };

  return {
    DapoRmsNorm: rmsNorm,
    DapoRmsNormBackward: rmsNormBackward,
    DapoSwiGlu: swiGlu,
    DapoSwiGluBackward: swiGluBackward,
    DapoRotate: rotate,
  };
}
