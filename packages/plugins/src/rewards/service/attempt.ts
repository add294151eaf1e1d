import type { Dispatcher, fetch as undiciFetch, Response } from 'undici';
import type { Endpoint } from './endpoint.js';
import type { ServiceSettings } from './options.js';

/** What came of one try. */
export type Attempt =
  | { readonly text: string }
  /** A try that failed so that another may go better; `wait`: seconds that the service asks for. */
  | { readonly passing: string; readonly wait: number; readonly cause?: unknown }
  | { readonly status: number; readonly refusal: string }
  | { readonly tooLarge: true };

export interface Wire {
  readonly fetch: typeof undiciFetch;
  readonly dispatcher: Dispatcher;
}

/**
 * Posts once and reads the whole answer, within the time allowed.
 *
 * @throws the reason of `signal` where that ends it, and nothing else
 */
export async function attempt(
  { fetch, dispatcher }: Wire,
  endpoint: Endpoint,
  body: string,
  { timeout, largestAnswer }: ServiceSettings,
  signal: AbortSignal,
): Promise<Attempt> {
  const clock = AbortSignal.timeout(1000 * timeout);
  try {
    const response = await fetch(endpoint.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...endpoint.headers },
      body,
      dispatcher,
      // A redirection would send headers and samples where nobody meant them to go.
      redirect: 'manual',
      signal: AbortSignal.any([signal, clock]),
    });
    const text = await textOf(response, largestAnswer);
    if (response.ok) return text === undefined ? { tooLarge: true } : { text };
    const { status } = response;
    if (status === 429 || status >= 500) return { passing: `it answered ${status}`, wait: secondsToWait(response) };
    return { status, refusal: excerpt(endpoint.redact(text ?? '')) };
  } catch (cause) {
    signal.throwIfAborted();
    const passing = clock.aborted ? `it did not answer within ${timeout} s` : endpoint.redact(describe(cause));
    return { passing, wait: 0, cause };
  }
}

/** The body; undefined where it is longer than allowed, and is read no further. */
async function textOf(response: Response, largest: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > largest) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Retry-After: seconds, or a date. */
function secondsToWait(response: Response): number {
  const given = response.headers.get('retry-after')?.trim() ?? '';
  if (/^\d+$/.test(given)) return Number(given);
  const date = Date.parse(given);
  return Number.isNaN(date) ? 0 : Math.max(0, (date - Date.now()) / 1000);
}

/** The first words of a text, in one line. */
export function excerpt(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`;
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const inner = cause.cause;
  if (!(inner instanceof Error)) return cause.message === 'terminated' ? 'the connection was cut' : cause.message;
  if (inner.message === 'other side closed') return 'the connection was cut';
  return inner.message || String((inner as NodeJS.ErrnoException).code);
}
