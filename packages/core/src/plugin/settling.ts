import type { DapoError } from '../errors/dapo-error.js';

/** What is waited for of a plugin. */
interface PendingCall {
  /** Its place among all calls, by when they began. */
  readonly begun: number;
  giveUp(): void;
}

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
  const [innermost] = [...pending].sort((a, b) => b.begun - a.begun);
  innermost?.giveUp();
}

/**
 * Waits for a promise of somebody else's code; rejects where it is certain that nothing will settle it. The engine
 * waits for plugins with it, a plugin may for what it calls, to say more of where.
 *
 * @param unsettled what is thrown then
 * @param begun what `callBegins` gave before the call; a sampler is not blamed for the reward that it waits for
 */
export async function settling<T>(
  promise: PromiseLike<T>,
  unsettled: () => DapoError,
  begun = callBegins(),
): Promise<T> {
  let giveUp!: (error: DapoError) => void;
  const unanswered = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  const call: PendingCall = { begun, giveUp: () => giveUp(unsettled()) };
  enter(call);
  try {
    return await Promise.race([promise, unanswered]);
  } finally {
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
