import { optionsSchema, tf, type Backend, type BackendFacts, type Plugin } from '@dapo/core';
import shipped from '@dapo/plugins';
import { ratesOf, timesOf, type Spread } from './spread.js';
import type { BackendResult, BackendTask } from './task.js';

/** [M, N, K]: a projection of config B over one update, a square one, and a token of all its responses. */
const SHAPES = [
  [4096, 128, 128],
  [4096, 352, 128],
  [1024, 1024, 1024],
  [512, 128, 128],
] as const;
/** Work of one timed product, in operations: small ones are repeated. */
const OPERATIONS_AT_ONCE = 5e8;
const ADDITIONS = 2000;

export async function startBackend(name: string, options: Readonly<Record<string, unknown>>): Promise<BackendFacts> {
  const plugin = (await shipped.plugins.backend![name]!()).default as Plugin<'backend'>;
  const backend: Backend = await plugin.create(optionsSchema(plugin).parse(options), {});
  return backend.start();
}

/** Speed of products, and what an operation costs that computes nothing. */
export async function measureBackend({ backend, options, repeats }: BackendTask): Promise<BackendResult> {
  const facts = await startBackend(backend, options);
  const products: Record<string, Spread> = {};
  for (const shape of SHAPES) products[shape.join('×')] = await measureProduct(shape, repeats);
  const microsecondsPerOperation = await measureAdditions(repeats);
  return { facts, products, microsecondsPerOperation, peakRssMiB: process.resourceUsage().maxRSS / 1024 };
}

async function measureProduct(
  [rows, columns, depth]: readonly [number, number, number],
  repeats: number,
): Promise<Spread> {
  const a = tf.randomNormal([rows, depth], 0, 1, 'float32', 1);
  const b = tf.randomNormal([depth, columns], 0, 1, 'float32', 2);
  const operations = 2 * rows * columns * depth;
  const times = Math.ceil(OPERATIONS_AT_ONCE / operations);
  const seconds = await repeated(repeats, async () => {
    for (let i = 1; i < times; i++) tf.matMul(a, b).dispose();
    await settled(tf.matMul(a, b));
  });
  tf.dispose([a, b]);
  return ratesOf(seconds.map((each) => (operations * times) / each / 1e9));
}

async function measureAdditions(repeats: number): Promise<Spread> {
  const one = tf.tensor1d([1]);
  const seconds = await repeated(repeats, async () => {
    for (let i = 1; i < ADDITIONS; i++) tf.add(one, one).dispose();
    await settled(tf.add(one, one));
  });
  one.dispose();
  return timesOf(seconds.map((each) => (each / ADDITIONS) * 1e6));
}

/** Waits until the device has computed it. */
async function settled(tensor: tf.Tensor): Promise<void> {
  const last = tf.slice(tf.reshape(tensor, [-1]), 0, 1);
  await last.data();
  tf.dispose([tensor, last]);
}

/** Seconds of each time, after one that compiles and allocates. */
export async function repeated(times: number, work: () => Promise<void>): Promise<number[]> {
  await work();
  const seconds: number[] = [];
  for (let i = 0; i < times; i++) {
    const started = performance.now();
    await work();
    seconds.push((performance.now() - started) / 1000);
  }
  return seconds;
}
