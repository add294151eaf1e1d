import { definePlugin, type Logger, tokens, type Tracker, type TrackerRecord, z } from '@dapo/core';

const kinds = ['step', 'evaluation', 'warning', 'guard', 'end'] as const satisfies readonly TrackerRecord['kind'][];

const options = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe('where records are posted to'),
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
async function post({ url, timeout }: Options, body: string): Promise<{ problem: string; again: boolean } | undefined> {
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

async function deliver(settings: Options, body: string, logger: Logger): Promise<void> {
  for (let tries = 1, pause = settings.pause; ; tries++, pause *= 2) {
    const failure = await post(settings, body);
    if (!failure) return;
    if (failure.again && tries <= settings.retries) {
      await new Promise((resolve) => setTimeout(resolve, 1000 * pause));
      continue;
    }
    logger.warn(`a record could not be posted to ${new URL(settings.url).host} (tries: ${tries}): ${failure.problem}`);
    return;
  }
}

function createTracker(settings: Options, run: string, logger: Logger): Tracker {
  /** Records are posted one after the other, beside the training, which waits for them at its end only. */
  let posted = Promise.resolve();
  return {
    async track(record) {
      if (settings.kinds.includes(record.kind)) {
        const body = recordBody(run, record);
        posted = posted.then(() => deliver(settings, body, logger));
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
  inject: { config: tokens.config, logger: tokens.logger },
  create: (settings, { config, logger }) => createTracker(settings, config.name, logger),
});
