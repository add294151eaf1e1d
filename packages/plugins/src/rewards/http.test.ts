import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ResolvedConfig } from '@dapo/core';
import {
  context,
  items,
  serve,
  rewardOver,
  sum,
  problemOf,
  type Options,
} from '../../../../test/fixtures/http-reward.js';
import { type Asked, scoresOf } from '../../../../test/fixtures/local-service.js';
import { readScores } from './http/protocol.js';
import http from './http.js';

describe('a service that keeps to the protocol', () => {
  test('is sent what it needs to score, in batches, and its scores come back in the order of the responses', async () => {
    const service = await serve(scoresOf);
    const { reward, recorded } = await rewardOver(`${service.url}/score`, {
      batch: 2,
      columns: ['level'],
      concurrency: 1,
    });
    const values = await reward.score(items('so 7', 'abcde', 'no'), context);
    expect(values).toEqual([
      { reward: 1, correct: true, answer: null },
      { reward: 0.25, correct: false, answer: null },
      { reward: 0.1, correct: false, answer: null },
    ]);
    expect(service.asked.map(({ path }) => path)).toEqual(['/score', '/score']);
    const sample = (place: number, response: string): object => ({
      ...{ id: `p#${place}`, prompt: '3+4=', response, answer: '7', finish: 'stop', columns: { level: 2 } },
    });
    expect(service.asked.map(({ body }) => body)).toEqual([
      { step: 3, purpose: 'rollout', samples: [sample(0, 'so 7'), sample(1, 'abcde')] },
      { step: 3, purpose: 'rollout', samples: [sample(2, 'no')] },
    ]);
    expect(recorded.filter(([name]) => name === 'seconds')).toHaveLength(2);
    expect([sum(recorded, 'retries'), sum(recorded, 'failures')]).toEqual([0, 0]);
  });

  test('may say itself what is correct and what the answer is, and that something can not be scored', async () => {
    const service = await serve(({ body }) => ({
      scores: (body as { samples: { id: string }[] }).samples.map(({ id }, i) =>
        i === 0 ? { id, score: 0.1, correct: true, answer: '7' } : { id, score: null },
      ),
    }));
    const { reward } = await rewardOver(service.url);
    expect(await reward.score(items('7', '8'), context)).toEqual([{ reward: 0.1, correct: true, answer: '7' }, null]);
  });

  test('is never asked more at once than the limit allows, over all calls', async () => {
    const slowly = async (asked: Asked): Promise<unknown> => {
      await new Promise((resolve) => setTimeout(resolve, 15));
      return scoresOf(asked);
    };
    const service = await serve(slowly);
    const { reward } = await rewardOver(service.url, { batch: 1, concurrency: 3 });
    await Promise.all([reward.score(items(...'abcdefgh'), context), reward.score(items(...'ijkl'), context)]);
    expect(service.asked).toHaveLength(12);
    expect(service.most()).toBe(3);
  });
});

describe('an answer that can not be one is refused, and not asked for again', () => {
  const one = (entry: object): object => ({
    scores: [
      { id: 'p#0', score: 1 },
      { id: 'p#1', ...entry },
    ],
  });
  test.each<[string, unknown, string]>([
    ['too few scores', { scores: [{ id: 'p#0', score: 1 }] }, 'the number of scores is wrong'],
    ['too many scores', { scores: [{}, {}, {}] }, 'the number of scores is wrong'],
    [
      'another order',
      {
        scores: [
          { id: 'p#1', score: 1 },
          { id: 'p#0', score: 0 },
        ],
      },
      'a score belongs to another sample',
    ],
    ['no ids', { scores: [1, 0] }, 'a score belongs to another sample'],
    ['a text', one({ score: '1' }), 'a score is no number'],
    ['no score', one({}), 'a score is no number'],
    ['above the range', one({ score: 1.01 }), 'a score is out of range'],
    ['below the range', one({ score: -1 }), 'a score is out of range'],
    [
      'an infinity',
      '{"scores": [{"id": "p#0", "score": 1}, {"id": "p#1", "score": 1e999}]}',
      'a score is out of range',
    ],
    ['NaN', '{"scores": [{"id": "p#0", "score": NaN}]}', 'it is no JSON'],
    ['a page', '<html>', 'it is no JSON'],
    ['nothing', '', 'it is no JSON'],
    ['a list', [1, 1], 'it has no list of scores'],
    ['null', 'null', 'it has no list of scores'],
    ['a verdict that is none', one({ score: 1, correct: 'yes' }), '«correct» is neither true nor false'],
    ['an answer that is no text', one({ score: 1, answer: 7 }), '«answer» is no text'],
    ['too much', `[${'1,'.repeat(2000)}1]`, 'it is too large'],
  ])('%s', async (_, answer, problem) => {
    const service = await serve(() => answer);
    const { reward } = await rewardOver(service.url, { largestAnswer: 2000 });
    const error = await problemOf(reward.score(items('a', 'b'), context));
    expect(error.code).toBe('DAPO_SERVICE_ANSWER');
    expect(error.message).toContain(`reward http can not use what ${service.url}/ answered: ${problem}.`);
    expect(error.message).toContain('in the prompt «p»');
    expect(service.asked).toHaveLength(1);
  });

  test('the range is that of the options, its ends included', () => {
    const bounds = { least: -1, most: 2, correctFrom: 2 };
    const scored = (score: number): unknown => readScores({ scores: [{ id: 'a', score }] }, ['a'], bounds);
    expect([scored(-1), scored(2)]).toMatchObject([[{ reward: -1, correct: false }], [{ reward: 2, correct: true }]]);
    expect(scored(2.5)).toMatchObject({ at: 0, problem: 'a score is out of range' });
  });
});

describe('what is secret', () => {
  beforeEach(
    () =>
      void Object.assign(process.env, {
        DAPO_TEST_KEY: 'Bearer s3cret-key\n',
        DAPO_TEST_URL: 'http://a:b@c',
      }),
  );
  afterEach(() => void vi.unstubAllEnvs());
  const told = (options: Options): string[] => {
    const parsed = http.options!.parse({ url: 'http://127.0.0.1', ...options });
    return http.check!(parsed, {} as ResolvedConfig, new Map()).map(({ level, message }) => `${level}: ${message}`);
  };

  test('is sent, and shown in no error, even where the service repeats it', async () => {
    const service = await serve(
      (_, response) => void response.writeHead(403).end('Bad key: s3cret-key (Bearer s3cret-key)'),
    );
    vi.stubEnv('DAPO_TEST_URL', `${service.url}/hidden?token=t0ken`);
    const { reward } = await rewardOver('$DAPO_TEST_URL', { headers: { authorization: 'DAPO_TEST_KEY' } });
    const error = await problemOf(reward.score(items('a'), context));
    expect(service.asked[0]).toMatchObject({
      path: '/hidden?token=t0ken',
      headers: { authorization: 'Bearer s3cret-key' },
    });
    expect(error.received).toBe('Bad key: $DAPO_TEST_KEY ($DAPO_TEST_KEY)');
    expect(error.message).toContain(`$DAPO_TEST_URL (${new URL(service.url).host})`);
    expect(error.message).toContain('look at the environment variable that holds the key');
    expect(error.message).not.toMatch(/s3cret|t0ken|hidden/);
  });

  test('is refused in a config, and what is told of it does not show it', () => {
    vi.stubEnv('DAPO_TEST_ODD', 'töken');
    expect(told({ headers: { authorization: 'DAPO_TEST_KEY' } })).toEqual([]);
    expect(told({ headers: { authorization: 'sk-abc123' } })).toEqual([
      'error: The header authorization wants the name of an environment variable, not its value.',
    ]);
    expect(told({ headers: { authorization: 'DAPO_TEST_NONE' } })).toEqual([
      'error: The environment variable DAPO_TEST_NONE is not set.',
    ]);
    expect(told({ headers: { authorization: 'DAPO_TEST_ODD' } })).toEqual([
      'error: The environment variable DAPO_TEST_ODD holds what no header can.',
    ]);
    expect(told({ headers: { 'x y': 'DAPO_TEST_KEY' } })).toEqual(["error: «x y» can't be the name of a header."]);
    expect(told({ url: 'http://me:pass@127.0.0.1' })).toEqual([
      'error: The address holds a user or a password: name a header instead.',
    ]);
    expect(told({ url: '$DAPO_TEST_URL' })).toEqual([
      'error: The environment variable DAPO_TEST_URL holds a user or a password: name a header instead.',
    ]);
    expect(told({ url: '$DAPO_TEST_NONE' })).toEqual(['error: The environment variable DAPO_TEST_NONE is not set.']);
    expect(told({ url: 'file:///etc/passwd' })).toEqual(['error: The address is no http address.']);
  });

  test('and bounds that hold no score are told, too', () => {
    expect(told({ least: 1, most: 1 })).toEqual(['error: No score lies between 1 and 1.']);
    expect(told({ correctFrom: 2 })).toEqual(['warning: No score reaches correctFrom (2).']);
  });
});
