// A thread of the wasm backend's pool: takes chunks of the job at hand until none is left, polls a while for the next
// job, then sleeps. The protocol is described in src/backends/wasm/pool.ts, whose constants these are.

import { workerData } from 'node:worker_threads';

const { modules, memory, control, argumentBytes, thread, polls, places } = workerData;
const words = new Int32Array(control);
const numbers = new Float64Array(control, argumentBytes);

const functions = modules.flatMap((module) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return Object.keys(exports).map((name) => exports[name]);
});

/** The job that was read last, and its number. */
let job = -1;
let chunks = 0;
let units = 0;
let run;
let values = [];

function readJob(number) {
  job = number;
  chunks = words[places.chunks];
  run = functions[words[places.function]];
  units = numbers[0];
  values = [0, 0, numbers[1] + thread * numbers[2]];
  for (let i = 0; i < words[places.count]; i++) values.push(numbers[3 + i]);
}

let idle = 0;
for (;;) {
  const ticket = Atomics.load(words, places.ticket);
  const left = ticket & 255;
  if (left === 0) {
    if (Atomics.load(words, places.stop) !== 0) break;
    if (++idle > polls) {
      Atomics.add(words, places.asleep, 1);
      Atomics.wait(words, places.ticket, ticket);
      Atomics.sub(words, places.asleep, 1);
      idle = 0;
    }
    continue;
  }
  idle = 0;
  // The job can't change before this chunk is done: what is read here belongs to the ticket, if taking it succeeds.
  if (job !== ticket >>> 8) readJob(ticket >>> 8);
  if (Atomics.compareExchange(words, places.ticket, ticket, ticket - 1) !== ticket) {
    job = -1;
    continue;
  }
  const chunk = chunks - left;
  values[0] = Math.floor((chunk * units) / chunks);
  values[1] = Math.floor(((chunk + 1) * units) / chunks);
  try {
    run(...values);
  } catch {
    Atomics.store(words, places.failed, 1);
  }
  if (Atomics.add(words, places.done, 1) + 1 === chunks) Atomics.notify(words, places.done);
}
