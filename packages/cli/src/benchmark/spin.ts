import { Worker } from 'node:worker_threads';
import { median } from './spread.js';

const SPIN_MS = 60;
const REPEATS = 3;

/** Counts for some milliseconds from the moment it is let go. */
const SPINNER = `
const { parentPort } = require('node:worker_threads');
let sum = 0;
parentPort.on('message', (milliseconds) => {
  const until = performance.now() + milliseconds;
  let rounds = 0;
  while (performance.now() < until) {
    for (let i = 0; i < 1000; i++) sum += i % 7;
    rounds++;
  }
  parentPort.postMessage(rounds);
});`;

/** Below this, two threads are as good as one: the second core is another's. */
const LIKE_ONE = 1.4;

/**
 * How much more two threads do than one, both counting and sharing nothing: 2 where both cores are free, 1 where they
 * run like one. A shared machine goes from one to the other within minutes.
 */
export async function twoThreads(): Promise<number> {
  const workers = [new Worker(SPINNER, { eval: true }), new Worker(SPINNER, { eval: true })] as const;
  const spin = (worker: Worker): Promise<number> =>
    new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.postMessage(SPIN_MS);
    });
  try {
    // The first time compiles.
    await Promise.all(workers.map(spin));
    const ratios: number[] = [];
    for (let i = 0; i < REPEATS; i++) {
      const alone = await spin(workers[0]);
      const [first, second] = await Promise.all([spin(workers[0]), spin(workers[1])]);
      ratios.push((first + second) / alone);
    }
    return median(ratios);
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** What a reader should know of the rounds in which the machine had one core for us. */
export function spinLines(twoThreads: readonly number[]): string[] {
  return twoThreads.flatMap((speed, round) =>
    speed < LIKE_ONE
      ? [
          `  two threads did ${speed.toFixed(2)} × the work of one before round ${round + 1}: another program had the second core, or there is none`,
        ]
      : [],
  );
}
