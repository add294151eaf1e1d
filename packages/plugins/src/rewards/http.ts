import {
  definePlugin,
  type JudgedAnswer,
  type PluginRemark,
  type RewardContext,
  type RewardItem,
  tokens,
  z,
} from '@dapo/core';
import { type PostedSample, postedSample, readScores } from './http/protocol.js';
import { ServiceClient } from './service/client.js';
import { addressProblem, endpointOf, headerProblem, type SecretHeader } from './service/endpoint.js';
import { serviceMetrics } from './service/metrics.js';
import { serviceOptions } from './service/options.js';
import { sampleName } from './service/sample-name.js';

const options = z.strictObject({
  url: z
    .string()
    .min(1)
    .describe('where samples are posted to; $NAME reads it from the environment, and keeps it out of files'),
  headers: z
    .record(z.string(), z.string())
    .default({})
    .describe('header → environment variable that holds its value: { authorization: SCORER_AUTHORIZATION }'),
  batch: z.int().positive().default(32).describe('samples of a request, at most'),
  columns: z.array(z.string()).default([]).describe("columns of the prompt's row that are sent along"),
  least: z.number().default(0).describe('lowest score that is believed'),
  most: z.number().default(1).describe('highest score that is believed'),
  correctFrom: z
    .number()
    .default(0.5)
    .describe('score from which an answer counts as correct, where the service does not say so itself'),
  ...serviceOptions,
});
type Options = z.output<typeof options>;

const secretHeaders = (headers: Options['headers']): SecretHeader[] =>
  Object.entries(headers).map(([header, variable]) => ({ header, variable }));

function remarks({ url, headers, least, most, correctFrom }: Options): PluginRemark[] {
  const found: PluginRemark[] = [];
  const problem = addressProblem(url);
  if (problem)
    found.push({
      level: 'error',
      path: 'url',
      message: problem,
      hint: url.startsWith('$')
        ? `set it to the address of your service: export ${url.slice(1)}=http://127.0.0.1:8123/; a project that starts one itself does so by npm start, and npm run dapo -- COMMAND`
        : 'give an address such as http://127.0.0.1:8123/',
    });
  for (const header of secretHeaders(headers)) {
    const wrong = headerProblem(header);
    if (wrong)
      found.push({
        level: 'error',
        path: `headers.${header.header}`,
        message: wrong,
        hint: 'set it where the run is started; it is written nowhere',
      });
  }
  if (least >= most)
    found.push({
      level: 'error',
      path: 'least',
      message: `No score lies between ${least} and ${most}.`,
      hint: 'make least smaller than most',
    });
  if (correctFrom > most)
    found.push({
      level: 'warning',
      path: 'correctFrom',
      message: `No score reaches correctFrom (${correctFrom}).`,
      hint: 'make it at most `most`, unless the service says what is correct',
    });
  return found;
}

/** Cut into requests. */
function batches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

async function scoreBatch(
  client: ServiceClient,
  sent: readonly (readonly [RewardItem, PostedSample])[],
  settings: Options,
  { step, purpose }: RewardContext,
  signal: AbortSignal,
): Promise<(JudgedAnswer | null)[]> {
  const name = (at: number): string => sampleName(sent[at]![0]);
  const samples = sent.map(([, sample]) => sample);
  const answer = await client.post({ step, purpose, samples }, name(0), signal);
  const scores = readScores(
    answer,
    samples.map(({ id }) => id),
    settings,
  );
  if (Array.isArray(scores)) return scores;
  throw client.wrong(name(scores.at), scores.problem, scores.expected, scores.received);
}

export default definePlugin({
  kind: 'reward',
  name: 'http',
  role: 'task',
  summary: 'Scored by a service: samples are posted as JSON in batches, and every score that comes back is checked.',
  source: { title: 'our own' },
  departures:
    'posts { step, purpose, samples: [{ id, prompt, response, answer, finish, columns }] }, and takes { scores: [{ id, score, correct?, answer? }] }',
  alsoKnownAs: ['remote', 'reward server', 'reward model', 'REST'],
  provides: ['correct'],
  options,
  metrics: serviceMetrics,
  check: remarks,
  inject: { metrics: tokens.metrics },
  create: async (settings, { metrics }) => {
    const endpoint = endpointOf(settings.url, secretHeaders(settings.headers));
    const client = await ServiceClient.open('reward http', endpoint, settings, metrics);
    return {
      score: async (items, context) => {
        const sent = items.map((item, i) => [item, postedSample(item, i, settings.columns)] as const);
        const scored = await client.all(batches(sent, settings.batch), (batch, signal) =>
          scoreBatch(client, batch, settings, context, signal),
        );
        return scored.flat();
      },
      dispose: () => client.dispose(),
    };
  },
});
