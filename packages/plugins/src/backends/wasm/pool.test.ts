import { tf } from '@dapo/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import plugin from '../wasm.js';
import { Pool } from './pool.js';

const start = async (threads: number) => {
  const backend = await plugin.create({ relaxedSimd: true, revectorize: true, threads }, {});
  return { backend, facts: await backend.start() };
};

beforeAll(async () => {
  await start(1);
});
afterAll(async () => {
  await start(1);
});

/** Products large enough to be shared, in all forms, with odd sizes, and what a step does with them. */
function compute(): Buffer {
  return tf.tidy(() => {
    const a = tf.randomNormal<tf.Rank.R2>([611, 83], 0, 1, 'float32', 1);
    const b = tf.randomNormal<tf.Rank.R2>([83, 205], 0, 1, 'float32', 2);
    const many = tf.randomNormal([37, 41, 53], 0, 1, 'float32', 3);
    const gradients = tf.grads((x, y) => tf.sum(tf.square(tf.relu(tf.matMul(x as tf.Tensor2D, y as tf.Tensor2D)))))([
      a,
      b,
    ]);
    const products = [tf.matMul(a, b), tf.matMul(many, many, false, true), tf.matMul(many, many, true), ...gradients];
    return Buffer.from(tf.concat(products.map((x) => tf.reshape(x, [-1]))).dataSync().buffer);
  });
}

test('any number of threads gives the same bits', async () => {
  const expected = compute();
  expect(new Float32Array(expected.buffer).every(Number.isFinite)).toBe(true);
  for (const threads of [2, 3, 5]) {
    expect((await start(threads)).facts['threads']).toBe(threads);
    for (let i = 0; i < 5; i++) expect(compute().equals(expected)).toBe(true);
  }
});

test('threads come and go without a job being lost', async () => {
  const x = tf.randomNormal<tf.Rank.R2>([200, 200], 0, 1, 'float32', 4);
  await start(1);
  const product = (): Buffer => Buffer.from(tf.tidy(() => tf.matMul(x, x)).dataSync().buffer);
  const expected = product();
  for (const threads of [2, 1, 4, 3, 2]) {
    await start(threads);
    for (let i = 0; i < 200; i++) tf.matMul(x, x).dispose();
    expect(product().equals(expected)).toBe(true);
  }
  x.dispose();
});

test('memory that could not be had is neither used nor given back twice, and is asked for again', () => {
  const freed: number[] = [];
  let left = 1024;
  const allocate = (bytes: number): number => {
    if (bytes > left) throw new Error('out of memory');
    return bytes;
  };
  const seen: number[] = [];
  const kernel = { index: 0, run: (_begin: number, _end: number, scratch: number) => void seen.push(scratch) };
  const pool = new Pool({}, [], { allocate, free: (address) => void freed.push(address) });
  pool.reserve(512);
  expect(() => pool.reserve(4096)).toThrow('out of memory');
  expect(() => pool.reserve(4096)).toThrow('out of memory');
  expect(freed).toEqual([512]);
  pool.run(kernel, 1, 1, []);
  left = 4096;
  pool.reserve(4096);
  pool.run(kernel, 1, 1, []);
  expect(seen).toEqual([512, 4096]);
  expect(freed).toEqual([512, 512]);
});

test('the last run that disposes of the backend ends its threads, and a later one starts them', async () => {
  const [first, second] = [await start(2), await start(2)];
  await first.backend.dispose!();
  await first.backend.dispose!();
  expect((await start(2)).facts['threads']).toBe(2);
  await second.backend.dispose!();
  expect(compute().equals(compute())).toBe(true);
});
