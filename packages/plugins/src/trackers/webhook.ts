import { setTimeout as sleep } from 'node:timers/promises';
import { definePlugin, type Logger, tokens, type Tracker, type TrackerRecord, z } from '@dapo/core';

const kinds = ['step', 'evaluation', 'warning', 'guard', 'end'] as const satisfies readonly TrackerRecord['kind'][];

/** Seconds that the end of a run waits for records that are still to be posted. */
const PATIENCE = 30;

const options = z.strictObject({
  url: z
    .string()
    .regex(/^(https?:\/\/.+|\$[A-Za-z_]\w*)$/, 'an http address, or $NAME of an environment variable that holds one')
    .describe('where records are posted to; $NAME reads it from the environment, and keeps it out of files'),
  kinds: z
    .array(z.enum(kinds))
    .min(1)
    .default(['evaluation', 'warning', 'guard', 'end'])
    .describe('records that are posted'),
  timeout: z
    .number()
    .positive()
    .default(10)
    .describe(`seconds to wait for an answer; at the end of a run ${PATIENCE} for all that is left`),
  retries: z.int().nonnegative().default(2).describe('tries after the first one'),
  pause: z.number().nonnegative().default(1).describe('seconds before the second try; doubled before each further one'),
});
type Options = z.output<typeof options>;

/** The address itself; undefined where there is none. */
export function addressOf(url: string): string | undefined {
  const address = url.startsWith('$') ? process.env[url.slice(1)] : url;
  return address !== undefined && URL.canParse(address) ? address : undefined;
}

/** A record in words, for services that show a text. */
export function recordText(run: string, { kind, step, metrics, message }: TrackerRecord): string {
  const accuracy = metrics['evaluation/accuracy'];
  const what = message ?? (accuracy === undefined ? kind : `held-out accuracy ${(100 * accuracy).toFixed(1)} %`);
  return `${run}, step ${step}: ${what}`;
}

/** What is posted. Numbers that JSON lacks are texts. */
export function recordBody(run: string, record: TrackerRecord): string {
  const numbers = (_: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return JSON.stringify({ run, ...record, text: recordText(run, record) }, numbers);
}

interface Failure {
  readonly problem: string;
  /** Whether it may go better another time. */
  readonly again: boolean;
}

/** Posts once; gives what went wrong. */
async function post(url: string, timeout: number, body: string, dropped: AbortSignal): Promise<Failure | undefined> {
  try {
    const headers = { 'content-type': 'application/json' };
    const signal = AbortSignal.any([AbortSignal.timeout(1000 * timeout), dropped]);
    const answer = await fetch(url, { method: 'POST', headers, body, signal });
    await answer.body?.cancel();
    if (answer.ok) return undefined;
    return { problem: `it answered ${answer.status}`, again: answer.status === 429 || answer.status >= 500 };
  } catch (error) {
    return { problem: describe(error), again: true };
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'it did not answer in time';
  return error.cause instanceof Error
    ? error.cause.message || String((error.cause as { code?: unknown }).code)
    : error.message;
}

/** Posts records one after the other, beside the training. */
class Deliveries {
  private left = 0;
  private posted = Promise.resolve();
  /** Whether the host failed however often the last record was tried: those behind it are tried once. */
  private failing = false;
  private readonly dropped = new AbortController();

  constructor(
    private readonly url: string,
    private readonly settings: Options,
    private readonly logger: Logger,
    private readonly patience: number,
  ) {}

  add(body: string): void {
    this.left++;
    this.posted = this.posted.then(() => this.deliver(body));
  }

  /** Waits for what is under way; what is not posted after `patience` seconds is dropped. */
  async finish(): Promise<void> {
    const timer = setTimeout(() => this.drop(), 1000 * this.patience);
    await this.posted;
    clearTimeout(timer);
  }

  private drop(): void {
    if (this.dropped.signal.aborted) return;
    this.dropped.abort();
    this.logger.warn(
      `records that could not be posted to ${this.host} in ${this.patience} s are dropped: ${this.left}`,
    );
  }

  private async deliver(body: string): Promise<void> {
    const { retries } = this.settings;
    const { failure, tries } = await this.tryToPost(body, this.failing ? 0 : retries);
    if (this.dropped.signal.aborted) return;
    this.left--;
    this.failing = failure?.again === true && retries > 0;
    if (failure) this.logger.warn(`a record could not be posted to ${this.host} (tries: ${tries}): ${failure.problem}`);
  }

  private async tryToPost(
    body: string,
    retries: number,
  ): Promise<{ readonly failure?: Failure; readonly tries: number }> {
    const { signal } = this.dropped;
    const { timeout, pause } = this.settings;
    for (let tries = 1; ; tries++) {
      const failure = await post(this.url, timeout, body, signal);
      if (!failure?.again || tries > retries || signal.aborted) return { failure, tries };
      // Ended by what is dropped, too: nothing is waited for then.
      await sleep(1000 * pause * 2 ** (tries - 1), undefined, { signal }).catch(() => undefined);
    }
  }

  private get host(): string {
    return new URL(this.url).host;
  }
}

/** @param patience see PATIENCE; a test has less */
export function createTracker(settings: Options, run: string, logger: Logger, patience = PATIENCE): Tracker {
  const deliveries = new Deliveries(addressOf(settings.url)!, settings, logger, patience);
  return {
    async track(record) {
      if (settings.kinds.includes(record.kind)) deliveries.add(recordBody(run, record));
      if (record.kind === 'end') await deliveries.finish();
    },
    dispose: () => deliveries.finish(),
  };
}

export default definePlugin({
  kind: 'tracker',
  name: 'webhook',
  summary: 'Posts records as JSON to an address, such as that of a chat; a run never fails for it.',
  source: { title: 'our own' },
  departures: 'the key `text` says it in words, as Slack and its likes ask for',
  alsoKnownAs: ['Slack', 'notification'],
  options,
  check({ url }) {
    if (addressOf(url) !== undefined) return [];
    const message = url.startsWith('$')
      ? `The environment variable ${url.slice(1)} holds no address.`
      : `${url} is no address.`;
    return [{ level: 'error', path: 'url', message, hint: 'give one, or take the tracker out' }];
  },
  inject: { config: tokens.config, logger: tokens.logger },
  create: (settings, { config, logger }) => createTracker(settings, config.name, logger),
});
