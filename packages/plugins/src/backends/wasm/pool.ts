import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { operationMissing, threadFailed } from '../../backend-errors.js';
import { functionNames, type CompiledModule, instantiate } from './modules.js';

/** Words of the control block. */
const PLACES = { ticket: 0, done: 16, chunks: 32, function: 33, count: 34, stop: 48, asleep: 49, failed: 50 } as const;
const CONTROL_WORDS = 64;
const MOST_ARGUMENTS = 40;
/** Looks at the control block before a thread goes to sleep: waking it takes longer than this many. */
const POLLS = 1000;
/** Work in nanoseconds below which a job isn't worth sharing, and below which a chunk isn't. */
const FORK_FROM = 50_000;
const CHUNK_FROM = 15_000;
/** More chunks than threads, so that a thread that is held up leaves its share to the others. */
const CHUNKS_PER_THREAD = 4;
const MOST_CHUNKS = 250;

/** A compiled function that works on a range of units: `f(begin, end, scratch, ...arguments)`. */
export interface ParallelFunction {
  readonly index: number;
  readonly run: (begin: number, end: number, scratch: number, ...values: number[]) => void;
}

/**
 * Threads that share the heap and take chunks of a job: a range of units that are computed independently, so that no
 * result depends on who computes it or on how many threads there are.
 *
 * A job is announced by a ticket, one word: the job's number and the chunks still to be taken, 8 bits. A chunk is
 * taken by replacing the ticket by one with a chunk less, which fails if anything changed meanwhile. The description
 * of a job is written only when all chunks of the one before are done, so whoever succeeds has read the right one.
 * The calling thread takes chunks like any other and waits for the rest at the end.
 */
export class Pool {
  private readonly functions: ReadonlyMap<string, ParallelFunction>;
  /** The control block, a new one for each crew of workers: an ended worker can't meddle with the next crew's. */
  private words: Int32Array = new Int32Array(0);
  private numbers: Float64Array = new Float64Array(0);
  private workers = 0;
  private job = 0;
  /** Of each thread. It stays where the memory could not be had: kernels that asked once count on it. */
  private scratchBytes = 0;
  private scratchStart = 0;
  private scratchThreads = 0;

  /**
   * @param memory shared; otherwise everything is computed by the calling thread
   * @param allocate gives memory of the heap, or takes it back
   */
  constructor(
    private readonly memory: object,
    private readonly modules: readonly CompiledModule[],
    private readonly heap: { allocate(bytes: number): number; free(address: number): void },
  ) {
    const entries = modules.flatMap((module) => {
      const exports = instantiate<Record<string, ParallelFunction['run']>>(module, memory);
      return functionNames(module).map((name) => [`${module.name}.${name}`, exports[name]!] as const);
    });
    this.functions = new Map(entries.map(([name, run], index) => [name, { index, run }]));
  }

  /** Threads at work, the calling one included. */
  get threads(): number {
    return this.workers + 1;
  }

  /**
   * Ends the threads at work and starts so many, the calling one included.
   *
   * @throws what Node throws where the process may start no thread; those started before it work
   */
  resize(threads: number): void {
    if (threads === this.threads) return;
    if (this.workers > 0) {
      Atomics.store(this.words, PLACES.stop, 1);
      // Another ticket, with no chunk to take: a worker that is just about to sleep on this one doesn't.
      Atomics.add(this.words, PLACES.ticket, 256);
      Atomics.notify(this.words, PLACES.ticket);
    }
    const control = new SharedArrayBuffer(4 * CONTROL_WORDS + 8 * (MOST_ARGUMENTS + 3));
    this.words = new Int32Array(control, 0, CONTROL_WORDS);
    this.numbers = new Float64Array(control, 4 * CONTROL_WORDS);
    this.workers = 0;
    for (let thread = 1; thread < threads; thread++, this.workers++) this.startWorker(control, thread);
  }

  /** A function of a module by name: `sgemm.multiply`. */
  function(name: string): ParallelFunction {
    const found = this.functions.get(name);
    if (!found) throw operationMissing(`The wasm backend has no compiled function ${name}.`);
    return found;
  }

  /**
   * Makes sure that each thread has so much memory of its own.
   *
   * @throws what `allocate` throws; no thread has any then, until the next call
   */
  reserve(bytes: number): void {
    const { threads } = this;
    if (bytes <= this.scratchBytes && threads <= this.scratchThreads) return;
    this.freeScratch();
    // Whole cache lines, so that no two threads write to one.
    const each = Math.max(this.scratchBytes, Math.ceil(bytes / 256) * 256);
    this.scratchStart = this.heap.allocate(each * threads);
    this.scratchBytes = each;
    this.scratchThreads = threads;
  }

  private freeScratch(): void {
    if (this.scratchStart !== 0) this.heap.free(this.scratchStart);
    this.scratchStart = 0;
    this.scratchThreads = 0;
  }

  /**
   * Computes all units, alone or together with the other threads.
   *
   * @param nanoseconds rough time of one unit
   */
  run(kernel: ParallelFunction, units: number, nanoseconds: number, values: readonly number[]): void {
    if (units === 0) return;
    this.reserve(0);
    const work = units * nanoseconds;
    const most = Math.min(MOST_CHUNKS, units, this.threads * CHUNKS_PER_THREAD);
    const chunks = work < FORK_FROM ? 1 : Math.min(most, Math.floor(work / CHUNK_FROM));
    if (this.workers === 0 || chunks < 2) kernel.run(0, units, this.scratchStart, ...values);
    else this.share(kernel, units, chunks, values);
  }

  private share(kernel: ParallelFunction, units: number, chunks: number, values: readonly number[]): void {
    const { words } = this;
    this.publish(kernel, units, chunks, values);
    for (let left = chunks; left > 0;) {
      const ticket = Atomics.load(words, PLACES.ticket);
      left = ticket & 255;
      if (left === 0 || Atomics.compareExchange(words, PLACES.ticket, ticket, ticket - 1) !== ticket) continue;
      const chunk = chunks - left;
      const begin = Math.floor((chunk * units) / chunks);
      const end = Math.floor(((chunk + 1) * units) / chunks);
      kernel.run(begin, end, this.scratchStart, ...values);
      Atomics.add(words, PLACES.done, 1);
    }
    this.awaitDone(chunks);
    if (Atomics.exchange(words, PLACES.failed, 0) !== 0) throw threadFailed();
  }

  private publish(kernel: ParallelFunction, units: number, chunks: number, values: readonly number[]): void {
    const { words, numbers } = this;
    numbers[0] = units;
    numbers[1] = this.scratchStart;
    numbers[2] = this.scratchBytes;
    for (let i = 0; i < values.length; i++) numbers[3 + i] = values[i]!;
    words[PLACES.function] = kernel.index;
    words[PLACES.chunks] = chunks;
    words[PLACES.count] = values.length;
    Atomics.store(words, PLACES.done, 0);
    this.job = (this.job + 1) & 0x7fffff;
    Atomics.store(words, PLACES.ticket, (this.job << 8) | chunks);
    if (Atomics.load(words, PLACES.asleep) > 0) Atomics.notify(words, PLACES.ticket);
  }

  private awaitDone(chunks: number): void {
    for (let polls = 0; ;) {
      const done = Atomics.load(this.words, PLACES.done);
      if (done === chunks) return;
      if (++polls > POLLS) Atomics.wait(this.words, PLACES.done, done, 1000);
    }
  }

  private startWorker(control: SharedArrayBuffer, thread: number): void {
    const worker = new Worker(new URL('../../../workers/pool-worker.mjs', import.meta.url), {
      workerData: {
        modules: this.modules.map(({ module }) => module),
        memory: this.memory,
        control,
        argumentBytes: 4 * CONTROL_WORDS,
        thread,
        polls: POLLS,
        places: PLACES,
      },
      // Neither flags of the process (loaders of tests) nor its environment concern it.
      execArgv: [],
      env: {},
    });
    worker.unref();
  }
}

/** Threads that a process uses by default: all cores that it may run on. */
export function defaultThreads(): number {
  return availableParallelism();
}
