import { describe, expect, test, vi } from 'vitest';
import {
  context,
  opened,
  items,
  serve,
  rewardOver,
  sum,
  inTurn,
  problemOf,
  type Options,
} from '../../../../test/fixtures/http-reward.js';
import { scoresOf } from '../../../../test/fixtures/local-service.js';

describe('what may go better another time is tried again', () => {
  test.each<[string, Parameters<typeof inTurn>, Options]>([
    ['429 and 500', [429, 500], {}],
    ['a connection that is cut in the middle of an answer', ['cut'], {}],
    ['no answer in time', ['late'], { timeout: 2 }],
  ])('%s', async (_, turns, options) => {
    const service = await serve(inTurn(...turns));
    const { reward, recorded } = await rewardOver(service.url, options);
    expect(await reward.score(items('7'), context)).toEqual([{ reward: 1, correct: true, answer: null }]);
    expect(service.asked).toHaveLength(turns.length + 1);
    expect([sum(recorded, 'retries'), sum(recorded, 'failures')]).toEqual([turns.length, turns.length]);
  });

  test.each([
    ['seconds', () => '1'],
    ['a date', () => new Date(Date.now() + 2000).toUTCString()],
  ])('not before Retry-After, in %s', async (_, wait) => {
    const times: number[] = [];
    const service = await serve((asked, response) => {
      times.push(performance.now());
      if (asked.time > 1) return scoresOf(asked);
      return void response.writeHead(429, { 'retry-after': wait() }).end();
    });
    const { reward } = await rewardOver(service.url);
    await reward.score(items('7'), context);
    expect(times[1]! - times[0]!).toBeGreaterThan(950);
  });

  test('pauses double', async () => {
    const times: number[] = [];
    const service = await serve((asked, response) => {
      times.push(performance.now());
      return inTurn(500, 500, 500)(asked, response);
    });
    const { reward } = await rewardOver(service.url, { pause: 0.05 });
    await reward.score(items('7'), context);
    const pauses = times.slice(1).map((time, i) => time - times[i]!);
    for (const [i, least] of [45, 95, 195].entries()) expect(pauses[i]).toBeGreaterThan(least);
  });
});

describe('a service that does not come back ends the run', () => {
  test('after the last try, and ends the other requests', async () => {
    const service = await serve(async (asked, response) => {
      if (asked.time > 1) return undefined;
      await vi.waitFor(() => expect(service.asked).toHaveLength(2));
      return void response.writeHead(503).end();
    });
    const { reward } = await rewardOver(service.url, { retries: 0, batch: 1, concurrency: 2 });
    const error = await problemOf(reward.score(items('a', 'b', 'c', 'd'), context));
    expect(error.code).toBe('DAPO_SERVICE_UNAVAILABLE');
    expect(error.message).toContain(`reward http got no answer from ${service.url}/ (tries: 1): it answered 503.`);
    expect(error.message).toContain('in the prompt «p»');
    await vi.waitFor(() => expect(service.underWay()).toBe(0));
    expect(service.asked).toHaveLength(2);
  });

  test('at once, where Retry-After is beyond what may be waited', async () => {
    const service = await serve((_, response) => void response.writeHead(503, { 'retry-after': '86400' }).end());
    const { reward } = await rewardOver(service.url);
    const error = await problemOf(reward.score(items('a'), context));
    expect(error.message).toContain(
      '(tries: 1): it answered 503, and wants to be left alone for 86400 s (longestPause: 60)',
    );
  });

  test('where nothing listens', async () => {
    const service = await serve(scoresOf);
    await service.close();
    opened.length = 0;
    const { reward } = await rewardOver(service.url, { retries: 1 });
    const error = await problemOf(reward.score(items('a'), context));
    expect(error.message).toMatch(/\(tries: 2\): connect ECONNREFUSED 127\.0\.0\.1:\d+\.$/m);
  });

  test.each([400, 401, 404, 408, 307])('a %i is not tried again', async (status) => {
    const service = await serve(
      (_, response) => void response.writeHead(status, { location: '/elsewhere' }).end('no such thing'),
    );
    const { reward } = await rewardOver(service.url);
    const error = await problemOf(reward.score(items('a'), context));
    expect(error.code).toBe('DAPO_SERVICE_REFUSED');
    expect(error.message).toContain(`was refused by ${service.url}/: it answered ${status}.`);
    expect(error.received).toBe('no such thing');
    expect(service.asked).toHaveLength(1);
  });

  test('what is under way ends when the run is disposed of', async () => {
    const service = await serve(() => undefined);
    const { reward } = await rewardOver(service.url);
    const scored = problemOf(reward.score(items('a'), context));
    while (service.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await reward.dispose!();
    expect((await scored).name).toBe('AbortError');
  });
});
