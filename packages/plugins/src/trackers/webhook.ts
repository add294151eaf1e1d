import { definePlugin, type Logger, tokens, type Tracker, type TrackerRecord, z } from '@dapo/core';

const kinds = ['step', 'evaluation', 'warning', 'guard', 'end'] as const satisfies readonly TrackerRecord['kind'][];

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
  timeout: z.number().positive().default(10).describe('seconds to wait for an answer'),
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

/** Posts once; gives what went wrong, and whether it may go better another time. */
async function post(url: string, timeout: number, body: string): Promise<{ problem: string; again: boolean } | undefined> {
  try {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(1000 * timeout) });
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
  return error.cause instanceof Error ? error.cause.message || String((error.cause as { code?: unknown }).code) : error.message;
}

async function deliver(url: string, settings: Options, body: string, logger: Logger): Promise<void> {
  for (let tries = 1, pause = settings.pause; ; tries++, pause *= 2) {
    const failure = await post(url, settings.timeout, body);
    if (!failure) return;
    if (failure.again && tries <= settings.retries) {
      await new Promise((resolve) => setTimeout(resolve, 1000 * pause));
      continue;
    }
    logger.warn(`a record could not be posted to ${new URL(url).host} (tries: ${tries}): ${failure.problem}`);
    return;
  }
}

function createTracker(settings: Options, run: string, logger: Logger): Tracker {
  /** Records are posted one after the other, beside the training, which waits for them at its end only. */
  let posted = Promise.resolve();
  const url = addressOf(settings.url)!;
  return {
    async track(record) {
      if (settings.kinds.includes(record.kind)) {
        const body = recordBody(run, record);
        posted = posted.then(() => deliver(url, settings, body, logger));
      }
      if (record.kind === 'end') await posted;
    },
    dispose: () => posted,
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
    const message = url.startsWith('$') ? `The environment variable ${url.slice(1)} holds no address.` : `${url} is no address.`;
    return [{ level: 'error', path: 'url', message, hint: 'give one, or take the tracker out' }];
  },
  inject: { config: tokens.config, logger: tokens.logger },
  create: (settings, { config, logger }) => createTracker(settings, config.name, logger),
});
