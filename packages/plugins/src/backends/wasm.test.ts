import { availableParallelism } from 'node:os';
import { tf } from '@dapo/core';
import { expect, test } from 'vitest';
import { Heap, type WasmBackend } from './wasm/heap.js';
import plugin from './wasm.js';

const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;
const listeners = () => EVENTS.map((event) => process.listeners(event as 'uncaughtException'));

test('starts, says what it is, and leaves no process listener behind', async () => {
  const before = listeners();
  const backend = await plugin.create({ relaxedSimd: true, revectorize: true }, {});
  expect(await backend.available()).toMatchObject({ ok: true });
  const facts = await backend.start();
  expect(tf.getBackend()).toBe(backend.name);
  expect(facts).toMatchObject({ backend: 'wasm', version: '4.22.0', threads: availableParallelism() });
  expect(String(facts['kernels']).split(' ')).toContain('BatchMatMul');
  expect(listeners()).toEqual(before);
});

test('starting twice changes nothing', async () => {
  const backend = await plugin.create({ relaxedSimd: true, revectorize: true }, {});
  const facts = await backend.start();
  const kernel = tf.getKernel('BatchMatMul', 'wasm');
  expect(await (await plugin.create({ relaxedSimd: true, revectorize: true }, {})).start()).toEqual(facts);
  expect(tf.getKernel('BatchMatMul', 'wasm')).toBe(kernel);
});

test('one copy of TensorFlow.js serves the core and the backend package', async () => {
  const { BackendWasm } = await import('@tensorflow/tfjs-backend-wasm');
  expect(tf.backend()).toBeInstanceOf(BackendWasm);
  expect(tf.getKernelsForBackend('wasm').length).toBeGreaterThan(150);
});

test('no kernel leaves data behind', () => {
  const backend = tf.backend() as unknown as { numDataIds(): number };
  const before = backend.numDataIds();
  tf.tidy(() => {
    const x = tf.randomUniform<tf.Rank.R2>([4, 6], 0.5, 1);
    const ids = tf.tensor1d([0, 2], 'int32');
    tf.grad((y) => {
      const heads = tf.transpose(tf.reshape(y, [2, 2, 2, 3]), [0, 2, 1, 3]);
      const picked = tf.gather(tf.concat(tf.split(y, 2, 1), 1), ids);
      const chosen = tf.where(tf.cast(tf.tensor2d([[1], [0]]), 'bool'), picked, tf.exp(picked));
      return tf.sum(
        tf.mul(tf.mean(tf.matMul(heads, heads, false, true), [0, 2]), tf.sum(tf.clipByValue(chosen, 0, 2))),
      );
    })(x);
    expect(() => tf.gather(x, tf.tensor1d([9], 'int32'))).toThrow('outside');
    tf.fused.matMul({ a: x, b: x, transposeB: true, bias: tf.zeros([4]), activation: 'relu' });
    tf.sum(tf.reverse(tf.tile(x, [2, 1])), [0, 1], true);
  });
  expect(backend.numDataIds()).toBe(before);
});

test('a clone shares the values, and outlives what it was cloned from', () => {
  const x = tf.tensor1d([1, 2, 3]);
  const clone = tf.clone(x);
  x.dispose();
  expect([...clone.dataSync()]).toEqual([1, 2, 3]);
  clone.dispose();
});

test('more memory than 32-bit addresses reach is a named error, and the backend lives on', () => {
  const heap = new Heap(tf.backend() as unknown as WasmBackend);
  const made: tf.TensorInfo[] = [];
  expect(() => {
    // Only addresses are asked for, nothing is written: no memory of the machine is used up.
    for (let i = 0; i < 9; i++) made.push(heap.output([2 ** 27], 'float32').info);
  }).toThrow(expect.objectContaining({ code: 'DAPO_BACKEND_OUT_OF_MEMORY' }));
  expect(made.length).toBeGreaterThan(5);
  made.forEach((info) => heap.backend.disposeData(info.dataId));
  expect([...tf.add(tf.tensor1d([1, 2]), 1).dataSync()]).toEqual([2, 3]);
});

test('a kernel that finds no room for its second result leaves nothing of the first', () => {
  const heap = new Heap(tf.backend() as unknown as WasmBackend);
  const made: tf.Tensor[] = [];
  const fill = (): void => {
    for (;;) made.push(tf.engine().makeTensorFromTensorInfo(heap.output([2 ** 27], 'float32').info));
  };
  expect(fill).toThrow('no room');
  const before = tf.backend().numDataIds();
  expect(() => tf.split(made[0]!, [1, 2 ** 27 - 1])).toThrow(
    expect.objectContaining({ code: 'DAPO_BACKEND_OUT_OF_MEMORY' }),
  );
  expect(tf.backend().numDataIds()).toBe(before);
  tf.dispose(made);
});

test('tensors beyond the first 2 GiB are computed with like any other', () => {
  const heap = new Heap(tf.backend() as unknown as WasmBackend);
  const below = Array.from({ length: 5 }, () => heap.output([2 ** 27], 'float32').info);
  tf.tidy(() => {
    const x = tf.ones<tf.Rank.R2>([400_000, 2]);
    expect(heap.address(x)).toBeGreaterThan(2 ** 31);
    expect([...tf.matMul(x, x, true).dataSync()]).toEqual([4e5, 4e5, 4e5, 4e5]);
  });
  below.forEach((info) => heap.backend.disposeData(info.dataId));
});
