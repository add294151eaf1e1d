import { afterAll, expect, test } from 'vitest';
import { completion, localService, scoresOf } from '../fixtures/local-service.js';
import { complains, complaintOf } from './wrong-input.js';

/** A reward over a service, without pauses. */
const http = (more = ''): string =>
  `rewards: { answer: { use: http, url: $DAPO_TEST_SCORER, retries: 1, pause: 0, ${more} }, length: false }`;
const judge = (more = ''): string =>
  `rewards: { answer: { use: judge, model: small, urlVariable: DAPO_TEST_SCORER, ${more} }, length: false }`;

const broken = await localService((asked, response) => {
  if (asked.path.includes('busy')) return void response.writeHead(503).end();
  if (asked.path.includes('closed')) return void response.writeHead(401).end('no key, no score');
  if (asked.path.includes('mixed')) return { scores: scoresOf(asked).scores.reverse() };
  if (asked.path.includes('NaN')) return '{"scores": [{"id": "x", "score": NaN}]}';
  return completion('Seven out of ten.');
});
afterAll(() => broken.close());

test.each<[string, string, string]>([
  ['a service that does not answer', '/busy', http()],
  ['a service that refuses', '/closed', http()],
  ['a service that mixes up samples', '/mixed', http()],
  ['a service that answers no JSON', '/NaN', http()],
  ['a judge that gives no verdict', '/v1', judge('rubric: Is it right?')],
])('%s', async (_, path, config) => {
  process.env['DAPO_TEST_SCORER'] = `${broken.url}${path}`;
  const text = await complaintOf({ config });
  expect(text).toMatch(/ DAPO_SERVICE_[A-Z_]+$/m);
  expect(text.replaceAll(new URL(broken.url).host, 'HOST')).toMatchSnapshot();
});

complains({
  'a service without an address': { config: 'rewards: { answer: { use: http } }' },
  'an address that is none': { config: 'rewards: { answer: { use: http, url: localhost } }' },
  'an address from a variable that is not set': {
    config: 'rewards: { answer: { use: http, url: $DAPO_TEST_NONE } }',
  },
  'a key where the name of its variable is due': {
    config: 'rewards: { answer: { use: http, url: http://127.0.0.1, headers: { authorization: sk-123 } } }',
  },
  'a judge without a rubric': { config: judge() },
});
