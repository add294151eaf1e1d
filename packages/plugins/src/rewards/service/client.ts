import { setTimeout as sleep } from 'node:timers/promises';
import type { DapoError, MetricRecorder } from '@dapo/core';
import type pRetry from 'p-retry';
import { attempt, excerpt, type Attempt, type Wire } from './attempt.js';
import type { Endpoint } from './endpoint.js';
import { type Asked, serviceAnswer, serviceRefused, serviceUnavailable } from './errors.js';
import type { serviceMetrics } from './metrics.js';
import type { ServiceSettings } from './options.js';

/** A failed try, on its way from one to the next. */
class Passing extends Error {
  constructor(
    readonly failed: Extract<Attempt, { readonly passing: string }>,
    readonly tries: number,
  ) {
    super(failed.passing);
  }
}

/** Asks one service: with time-outs, further tries, and a limit on how much is under way. */
export class ServiceClient {
  private readonly underWay = new Set<AbortController>();

  private constructor(
    private readonly plugin: string,
    private readonly endpoint: Endpoint,
    private readonly settings: ServiceSettings,
    private readonly metrics: MetricRecorder,
    private readonly wire: Wire & { readonly dispatcher: { destroy(): Promise<void> } },
    private readonly limit: <T>(work: () => Promise<T>) => Promise<T>,
    private readonly retry: typeof pRetry,
  ) {}

  /** The libraries are loaded here: a run that asks no service does without them. */
  static async open(
    plugin: string,
    endpoint: Endpoint,
    settings: ServiceSettings,
    metrics: MetricRecorder,
  ): Promise<ServiceClient> {
    const [{ Agent, fetch }, { default: retry }, { default: pLimit }] = await Promise.all([
      import('undici'),
      import('p-retry'),
      import('p-limit'),
    ]);
    // The time-out is ours alone: undici's own would end an answer that takes longer than 300 s.
    const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
    const limit = pLimit(settings.concurrency);
    return new ServiceClient(plugin, endpoint, settings, metrics, { fetch, dispatcher }, limit, retry);
  }

  /** Works on all, so many at once as the limit allows; the first that fails ends the others. */
  async all<I, O>(items: readonly I[], work: (item: I, signal: AbortSignal) => Promise<O>): Promise<O[]> {
    const controller = new AbortController();
    this.underWay.add(controller);
    const one = async (item: I): Promise<O> => {
      controller.signal.throwIfAborted();
      return work(item, controller.signal);
    };
    try {
      return await Promise.all(items.map((item) => this.limit(() => one(item))));
    } finally {
      controller.abort();
      this.underWay.delete(controller);
    }
  }

  /**
   * Posts JSON and gives the JSON that is answered. Tries again where that may help.
   *
   * @param sample how errors name what is asked about
   * @throws DapoError where the service can't be reached, refuses, or answers no JSON
   */
  async post(body: unknown, sample: string, signal: AbortSignal): Promise<unknown> {
    const begun = performance.now();
    const text = JSON.stringify(body);
    const answer = await this.retry((tries) => this.try(text, sample, tries, signal), {
      retries: this.settings.retries,
      minTimeout: 1000 * this.settings.pause,
      maxTimeout: 1000 * this.settings.longestPause,
      randomize: true,
      signal,
      shouldRetry: ({ error }) => error instanceof Passing && error.failed.wait <= this.settings.longestPause,
      onFailedAttempt: ({ error, retriesLeft }) => this.beforeNext(error, retriesLeft, signal),
    }).catch((error: unknown) => {
      throw error instanceof Passing ? this.unavailable(error, sample) : error;
    });
    this.record('seconds', (performance.now() - begun) / 1000);
    return this.parsed(answer, sample);
  }

  /** The error of an answer that can't be one. */
  wrong(sample: string, problem: string, expected: string, received?: string): DapoError {
    const shown = received === undefined ? undefined : this.redact(received);
    return serviceAnswer(this.asked(sample), problem, expected, shown);
  }

  asked(sample: string): Asked {
    return { plugin: this.plugin, service: this.endpoint.name, sample };
  }

  /** Words of the service as an error may show them. */
  redact(text: string): string {
    return excerpt(this.endpoint.redact(text));
  }

  /** Ends what is under way. */
  async dispose(): Promise<void> {
    for (const controller of this.underWay) controller.abort();
    await this.wire.dispatcher.destroy();
  }

  private async try(text: string, sample: string, tries: number, signal: AbortSignal): Promise<string> {
    this.record('retries', tries > 1 ? 1 : 0);
    const came = await attempt(this.wire, this.endpoint, text, this.settings, signal);
    this.record('failures', 'passing' in came ? 1 : 0);
    if ('passing' in came) throw new Passing(came, tries);
    if ('status' in came) throw serviceRefused(this.asked(sample), came.status, came.refusal);
    if ('tooLarge' in came) throw this.wrong(sample, 'it is too large', `at most ${this.settings.largestAnswer} bytes`);
    return came.text;
  }

  /** The service says itself when it may be asked again; the usual pause follows, so that not all come at once. */
  private async beforeNext(error: Error, retriesLeft: number, signal: AbortSignal): Promise<void> {
    if (!(error instanceof Passing) || retriesLeft === 0 || error.failed.wait > this.settings.longestPause) return;
    await sleep(1000 * error.failed.wait, undefined, { signal });
  }

  private unavailable({ failed, tries }: Passing, sample: string): DapoError {
    const { passing, wait, cause } = failed;
    const { longestPause } = this.settings;
    const long =
      wait > longestPause
        ? `, and wants to be left alone for ${Math.ceil(wait)} s (longestPause: ${longestPause})`
        : '';
    return serviceUnavailable(this.asked(sample), tries, `${passing}${long}`, cause);
  }

  private parsed(text: string, sample: string): unknown {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw this.wrong(
        sample,
        'it is no JSON',
        'a JSON object; NaN and Infinity are not JSON',
        text === '' ? 'nothing' : text,
      );
    }
  }

  private record(name: keyof typeof serviceMetrics, value: number): void {
    this.metrics.record(name, value);
  }
}
