import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { ResolvedConfig, Tracker, TrackerRecord } from '@dapo/core';
import webhook, { addressOf, createTracker, recordText } from './webhook.js';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that answers with these statuses, one after the other; 0: not at all. Gives what it was sent. */
async function serve(...statuses: number[]): Promise<{ url: string; bodies: Record<string, unknown>[] }> {
  const bodies: Record<string, unknown>[] = [];
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      bodies.push(JSON.parse(text) as Record<string, unknown>);
      const status = statuses[bodies.length - 1] ?? 200;
      if (status > 0) response.writeHead(status).end('ok');
    });
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, bodies };
}

function track(url: string, options: object = {}): { tracker: Tracker; warnings: string[] } {
  const warnings: string[] = [];
  const logger = { info: () => undefined, warn: (text: string) => void warnings.push(text) };
  const config = { name: 'sums' } as ResolvedConfig;
  const chosen = webhook.options!.parse({ url, pause: 0, ...options });
  return { tracker: webhook.create(chosen, { config, logger }) as Tracker, warnings };
}

const evaluation: TrackerRecord = { kind: 'evaluation', step: 3, metrics: { 'evaluation/accuracy': 0.4321, x: NaN } };
const end: TrackerRecord = { kind: 'end', step: 4, metrics: {}, message: 'budget' };

test('chosen records are posted in order, and the end waits for them', async () => {
  const { url, bodies } = await serve();
  const { tracker, warnings } = track(url);
  await tracker.track({ kind: 'step', step: 3, metrics: {} });
  await tracker.track(evaluation);
  await tracker.track(end);
  expect(bodies).toEqual([
    {
      run: 'sums',
      kind: 'evaluation',
      step: 3,
      metrics: { 'evaluation/accuracy': 0.4321, x: 'NaN' },
      text: 'sums, step 3: held-out accuracy 43.2 %',
    },
    { run: 'sums', kind: 'end', step: 4, metrics: {}, message: 'budget', text: 'sums, step 4: budget' },
  ]);
  expect(warnings).toEqual([]);
});

test('a server that fails is tried again', async () => {
  const { url, bodies } = await serve(503, 429, 200);
  const { tracker, warnings } = track(url);
  await tracker.track(end);
  expect(bodies).toHaveLength(3);
  expect(warnings).toEqual([]);
});

test.each([
  ['fails for good', [500, 500, 500], 'tries: 3): it answered 500'],
  ['refuses', [404], 'tries: 1): it answered 404'],
  ['never answers', [0, 0, 0], 'tries: 3): it did not answer in time'],
])('a server that %s costs a warning and nothing else', async (_, statuses, expected) => {
  const { url, bodies } = await serve(...statuses);
  const { tracker, warnings } = track(url, { timeout: 0.2 });
  await tracker.track(end);
  expect(bodies).toHaveLength(statuses.length);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain(expected);
  expect(warnings[0]).not.toContain('hook');
});

test('no server at all costs a warning as well', async () => {
  const { url } = await serve();
  server!.close();
  const { tracker, warnings } = track(url, { retries: 1 });
  await tracker.track(end);
  expect(warnings[0]).toContain('tries: 2): ');
});

test('the training is not held up, and what is under way is waited for at the end', async () => {
  const { url, bodies } = await serve(0);
  const { tracker } = track(url, { timeout: 0.3, retries: 0 });
  const started = performance.now();
  await tracker.track(evaluation);
  expect(performance.now() - started).toBeLessThan(100);
  await tracker.dispose!();
  expect(bodies).toHaveLength(1);
});

test('behind a record that failed however often it was tried, the next ones are tried once, until one is taken', async () => {
  const { url, bodies } = await serve(500, 500, 500, 500, 500, 200, 500, 200);
  const { tracker, warnings } = track(url);
  for (let step = 0; step < 4; step++) await tracker.track({ ...evaluation, step });
  await tracker.track(end);
  expect(bodies.map(({ step }) => step)).toEqual([0, 0, 0, 1, 2, 3, 4, 4]);
  expect(warnings).toHaveLength(3);
});

test('the end waits so long and no longer; what is left then is dropped, with one warning', async () => {
  const { url, bodies } = await serve(0, 0, 0, 0, 0);
  const warnings: string[] = [];
  const logger = { info: () => undefined, warn: (text: string) => void warnings.push(text) };
  const tracker = createTracker(webhook.options!.parse({ url }), 'sums', logger, 0.2);
  for (let i = 0; i < 3; i++) await tracker.track(evaluation);
  const started = performance.now();
  await tracker.track(end);
  await tracker.dispose!();
  expect(performance.now() - started).toBeLessThan(2000);
  expect(bodies).toHaveLength(1);
  expect(warnings).toEqual([`records that could not be posted to ${new URL(url).host} in 0.2 s are dropped: 4`]);
});

test('the address may come from the environment', () => {
  process.env['DAPO_TEST_HOOK'] = 'https://example.org/secret';
  const remarks = (url: string): number =>
    webhook.check!(webhook.options!.parse({ url }), {} as ResolvedConfig, new Map()).length;
  expect(addressOf('$DAPO_TEST_HOOK')).toBe('https://example.org/secret');
  expect([remarks('$DAPO_TEST_HOOK'), remarks('$DAPO_TEST_NONE'), remarks('http://a b')]).toEqual([0, 1, 1]);
  expect(webhook.options!.safeParse({ url: 'ftp://example.org' }).success).toBe(false);
  delete process.env['DAPO_TEST_HOOK'];
});

test('a message says it in words, and where there is none the kind does', () => {
  expect(recordText('sums', { kind: 'guard', step: 1, metrics: {}, message: 'stopped' })).toBe('sums, step 1: stopped');
  expect(recordText('sums', { kind: 'step', step: 1, metrics: {} })).toBe('sums, step 1: step');
});
