import { createRequire } from 'node:module';
import util from 'node:util';

// A process of its own, `node compute-once.js FOLDER`: loads a TensorFlow for Node and computes with it. A library that
// does not fit may end the process, which must not be that of the command.

const require = createRequire(import.meta.url);

interface Tensor {
  data(): Promise<ArrayLike<number>>;
}

interface NodeTensorFlow {
  tensor2d(values: readonly number[], shape: readonly [number, number]): Tensor;
  matMul(a: Tensor, b: Tensor): Tensor;
  sum(x: Tensor): Tensor;
  grad(f: (x: Tensor) => Tensor): (x: Tensor) => Tensor;
  backend(): { readonly isUsingGpuDevice: boolean; readonly binding: { readonly TF_Version: string } };
}

// Of node:util, removed by Node 23, and called by the package.
const gone = util as unknown as Record<string, unknown>;
gone['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
gone['isArray'] ??= Array.isArray;

const tf = require(process.argv[2]!) as NodeTensorFlow;
const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
const [product, gradient] = await Promise.all([
  tf.matMul(x, x).data(),
  tf
    .grad((y) => tf.sum(tf.matMul(y, y)))(x)
    .data(),
]);
const { isUsingGpuDevice: gpu, binding } = tf.backend();
console.log(
  JSON.stringify({ product: Array.from(product), gradient: Array.from(gradient), gpu, version: binding.TF_Version }),
);
