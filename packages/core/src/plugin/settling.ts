import { pluginNeverSettled } from '../errors/run-errors.js';
import type { When } from '../errors/when.js';

/** Whose answer is waited for. */
export interface Awaited {
  /** `reward judge`: for messages. */
  readonly plugin: string;
  /** By default while the plugin is made. */
  readonly when?: When;
  readonly path?: string;
  /** It computes, which may take long, and waits for nobody. */
  readonly computes?: boolean;
  /** Called now and then while the answer takes long, of this or of a call within it that has no such function. */
  readonly waiting?: (awaited: Awaited, seconds: number) => void;
}

interface PendingCall {
  /** Its place among all calls, by when they began. */
  readonly begun: number;
  readonly awaited: Awaited;
  giveUp(): void;
}

/** Seconds of waiting after which one is told, and again after each so many more. */
const LONG = 30;

const pending = new Set<PendingCall>();
let calls = 0;

/** To be asked before a call whose promise is then waited for: of calls within calls the last one begun is the inner. */
export function callBegins(): number {
  return (calls += 1);
}

/** What there is of a process: a browser has none, and never ends by itself. */
interface Process {
  on?(event: 'beforeExit', listener: () => void): void;
  off?(event: 'beforeExit', listener: () => void): void;
}
const process = (globalThis as { readonly process?: Process }).process;

/**
 * Node leaves as soon as nothing is left that could go on: nothing will settle the promise then, and without this the
 * run would end without a word. A slow answer holds the process by its connection or timer, however long it takes.
 */
function giveUpInnermost(): void {
  innermostFirst()[0]?.giveUp();
}

function innermostFirst(): PendingCall[] {
  return [...pending].sort((a, b) => b.begun - a.begun);
}

function watch(call: PendingCall): ReturnType<typeof setInterval> {
  let seconds = 0;
  const timer = setInterval(() => tellWaiting(call, (seconds += LONG)), 1000 * LONG);
  // Node's timers hold the process, a browser's are numbers.
  if (typeof timer === 'object') timer.unref();
  return timer;
}

/** Tells that a call takes long, unless it waits for another one itself. */
function tellWaiting(call: PendingCall, seconds: number): void {
  const [innermost, ...around] = innermostFirst();
  if (innermost !== call) return;
  const { waiting } = [call, ...around].find(({ awaited }) => awaited.waiting)?.awaited ?? {};
  waiting?.(call.awaited, seconds);
}

/**
 * Waits for a promise of somebody else's code; rejects where it is certain that nothing will settle it, and tells of one
 * that takes long. The engine waits for plugins with it, a plugin may for what it calls, to say more of where.
 *
 * @param begun what `callBegins` gave before the call; a sampler is not blamed for the reward that it waits for
 * @throws DapoError DAPO_PLUGIN_NEVER_SETTLED
 */
export async function settling<T>(promise: PromiseLike<T>, awaited: Awaited, begun = callBegins()): Promise<T> {
  let giveUp!: (error: Error) => void;
  const unanswered = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  const { plugin, when, path } = awaited;
  const call = { begun, awaited, giveUp: () => giveUp(pluginNeverSettled(plugin, when, path)) };
  const timer = awaited.computes ? undefined : watch(call);
  enter(call);
  try {
    return await Promise.race([promise, unanswered]);
  } finally {
    clearInterval(timer);
    leave(call);
  }
}

function enter(call: PendingCall): void {
  if (pending.size === 0) process?.on?.('beforeExit', giveUpInnermost);
  pending.add(call);
}

function leave(call: PendingCall): void {
  if (pending.delete(call) && pending.size === 0) process?.off?.('beforeExit', giveUpInnermost);
}

/** Whether something is waited for: a promise of any make. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
