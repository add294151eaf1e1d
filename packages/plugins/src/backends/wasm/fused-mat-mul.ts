import { tf } from '@dapo/core';
import { operationMissing } from '../../backend-errors.js';
import type { Multiply } from './batch-mat-mul.js';
import type { Heap } from './heap.js';

type Inputs = Readonly<Record<'a' | 'b', tf.TensorInfo>> &
  Readonly<Partial<Record<'bias' | 'preluActivationWeights', tf.TensorInfo>>>;

/** Activation → the kernel that computes it; `linear` needs none. */
const ACTIVATION_KERNELS: Readonly<Record<string, string>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  prelu: 'Prelu',
  leakyrelu: 'LeakyRelu',
};

/** tf.fused.matMul: our product, then bias and activation by the kernels that exist for them. */
export function fusedMatMul(heap: Heap, multiply: Multiply): tf.KernelFunc {
  const run = (kernelName: string, inputs: Record<string, tf.TensorInfo>, attrs: Record<string, number>) =>
    kernel(kernelName)({ inputs, attrs, backend: heap.backend }) as tf.TensorInfo;

  return ({ inputs, attrs }) => {
    const { a, b, bias, preluActivationWeights } = inputs as Inputs;
    const activation = (attrs?.['activation'] as string | undefined) ?? 'linear';
    const then = (x: tf.TensorInfo, next: (x: tf.TensorInfo) => tf.TensorInfo): tf.TensorInfo => {
      const y = next(x);
      heap.backend.disposeData(x.dataId);
      return y;
    };

    let out = multiply(a, b, Boolean(attrs?.['transposeA']), Boolean(attrs?.['transposeB']));
    if (bias) out = then(out, (x) => run('Add', { a: x, b: bias }, {}));
    if (activation === 'linear') return out;
    const alpha = Number(attrs?.['leakyreluAlpha'] ?? 0);
    return then(out, (x) =>
      run(
        activationKernel(activation),
        { x, ...(preluActivationWeights && { alpha: preluActivationWeights }) },
        { alpha },
      ),
    );
  };
}

function kernel(name: string): tf.KernelFunc {
  const found = tf.getKernel(name, 'wasm');
  if (!found) throw operationMissing(`The wasm backend has no kernel ${name}.`);
  return found.kernelFunc;
}

function activationKernel(activation: string): string {
  const name = ACTIVATION_KERNELS[activation];
  if (name) return name;
  throw operationMissing(
    `tf.fused.matMul on the wasm backend doesn't know the activation ${activation}.`,
    `linear, ${Object.keys(ACTIVATION_KERNELS).join(', ')}`,
  );
}
