import { tf } from '@dapo/core';
import { instantiate, relativeDistance } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import wasm from '../../packages/plugins/src/backends/wasm.js';
import webgpu from '../../packages/plugins/src/backends/webgpu.js';
import { tokenLogProbs } from '../../packages/plugins/src/policies/transformer/token-log-probs.js';
import { rmsNorm, swiGlu } from '../../packages/plugins/src/policies/transformer/layer-functions.js';

type Of = (inputs: tf.Tensor2D[]) => tf.Tensor;

/** Odd sizes, so that no vector of four comes out even. */
const values = (rows: number, width: number, turn: number): number[][] =>
  Array.from({ length: rows }, (_, r) => Array.from({ length: width }, (_, i) => Math.sin(turn + 1.3 * r + 0.7 * i)));

/** Different for each value. Made on the host: WGSL promises a cosine to 2⁻¹¹ only. */
const weights = (shape: number[]): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.cos(i)),
    shape,
  );

/** The operations of a training step that the generic forms are made of. */
const functions: Readonly<Record<string, { readonly of: Of; readonly inputs: readonly number[][][] }>> = {
  'log-probs and entropy of the chosen tokens': {
    of: ([hidden, matrix]) => {
      const { logProbs, entropy } = tokenLogProbs(hidden!, matrix!, tf.tensor1d([1, 12, 0, 5, 3], 'int32'), 0.7, true);
      return tf.add(logProbs, tf.mul(0.3, entropy!));
    },
    inputs: [values(5, 7, 0), values(13, 7, 2)],
  },
  RMSNorm: { of: ([x]) => rmsNorm(x!, 1e-6), inputs: [values(5, 7, 1)] },
  SwiGLU: { of: ([gate, up]) => swiGlu(gate!, up!), inputs: [values(3, 9, 0), values(3, 9, 4)] },
  'an embedding': {
    of: ([table]) => tf.gather(table!, tf.tensor1d([2, 0, 2, 4], 'int32')),
    inputs: [values(5, 7, 3)],
  },
  'attention with a mask': {
    of: ([q, k, v]) => tf.matMul(tf.softmax(tf.add(tf.matMul(q!, k!, false, true), tf.tensor1d([0, 0, -1e9]))), v!),
    inputs: [values(4, 5, 0), values(3, 5, 1), values(3, 5, 2)],
  },
  'a selection beside NaN': {
    of: ([x]) => tf.where(tf.greater(x!, 0), tf.log(tf.maximum(x!, 1e-3)), tf.mul(x!, 0.5)),
    inputs: [values(4, 5, 1)],
  },
};

async function compute(of: Of, inputs: readonly number[][][]): Promise<Float32Array[]> {
  const { value, grads } = tf.tidy(() => {
    const tensors = inputs.map((input) => tf.tensor2d(input));
    const weighted = (...given: tf.Tensor[]): tf.Scalar => {
      const outputs = of(given as tf.Tensor2D[]);
      return tf.sum(tf.mul(outputs, weights(outputs.shape)));
    };
    return tf.valueAndGrads(weighted)(tensors);
  });
  const read = await Promise.all([value, ...grads].map(async (tensor) => (await tensor.data()) as Float32Array));
  tf.dispose([value, grads]);
  return read;
}

test.each(Object.keys(functions))('%s: value and gradient are those of wasm', async (name) => {
  const { of, inputs } = functions[name]!;
  await (await instantiate(wasm)).start();
  const expected = await compute(of, inputs);
  await (await instantiate(webgpu)).start();
  const before = tf.memory().numTensors;
  const ours = await compute(of, inputs);
  expect(tf.memory().numTensors).toBe(before);
  ours.forEach((part, i) => expect(relativeDistance(part, expected[i]!)).toBeLessThan(1e-5));
});
