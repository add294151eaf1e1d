import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { definePlugin, folderForFile, missingFile, type PluginRemark, tokens, z } from '@dapo/core';
import { verdictOn } from './judge/verdict.js';
import { ServiceClient } from './service/client.js';
import { addressProblem, endpointOf, headerProblem } from './service/endpoint.js';
import { serviceMetrics } from './service/metrics.js';
import { serviceOptions } from './service/options.js';

const options = z.strictObject({
  model: z.string().min(1).describe('the model that judges, as its service calls it'),
  rubric: z.string().default('').describe('what makes a response good, in words; or rubricFile'),
  rubricFile: z
    .string()
    .default('')
    .describe('a file with the rubric; a relative path starts from the folder of the config'),
  least: z.number().default(0).describe('score of the worst response, as the judge is told; becomes 0'),
  most: z.number().default(10).describe('score of the best response, as the judge is told; becomes 1'),
  correctFrom: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('score, from 0 to 1, from which an answer counts as correct'),
  unparsed: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .default(null)
    .describe('score where the judge gives no verdict, asked twice; null: the run stops'),
  urlVariable: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]*$/, 'the name of an environment variable')
    .default('OPENAI_BASE_URL')
    .describe('environment variable with the base address, such as http://127.0.0.1:8000/v1'),
  keyVariable: z
    .string()
    .default('OPENAI_API_KEY')
    .describe('environment variable with the key; where it is not set none is sent'),
  ...serviceOptions,
});
type Options = z.output<typeof options>;

function remarks({ rubric, rubricFile, least, most, urlVariable, keyVariable }: Options): PluginRemark[] {
  const found: PluginRemark[] = [];
  const address = addressProblem(`$${urlVariable}`);
  if (address) {
    found.push({
      level: 'error',
      path: 'urlVariable',
      message: address,
      hint: `set it where the run is started: export ${urlVariable}=https://api.openai.com/v1, or the address of your own server`,
    });
  }
  const key = headerProblem({ header: 'authorization', variable: keyVariable });
  if (key && !key.endsWith('is not set.')) found.push({ level: 'error', path: 'keyVariable', message: key });
  if ((rubric === '') === (rubricFile === '')) {
    found.push({
      level: 'error',
      path: 'rubric',
      message: rubric === '' ? 'There is no rubric.' : 'There are two rubrics: rubric and rubricFile.',
      hint: 'give one of them',
    });
  }
  if (least >= most) {
    const message = `No score lies between ${least} and ${most}.`;
    found.push({ level: 'error', path: 'least', message, hint: 'make least smaller than most' });
  }
  return found;
}

async function readRubric({ rubric, rubricFile }: Options, folder: string): Promise<string> {
  if (rubricFile === '') return rubric;
  return readFile(path.resolve(folder, rubricFile), 'utf8').catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw missingFile(rubricFile);
    throw code === 'EISDIR' ? folderForFile(rubricFile) : error;
  });
}

export default definePlugin({
  kind: 'reward',
  name: 'judge',
  role: 'task',
  summary: 'A language model behind an OpenAI-compatible address scores each response by a rubric, from 0 to 1.',
  source: {
    title: 'Judging LLM-as-a-Judge with MT-Bench and Chatbot Arena, single answer grading',
    arxiv: '2306.05685',
    equation: 'section 3.1',
  },
  departures:
    'the response stands between markers that it cannot know, the verdict is a JSON object and nothing else, and the score is mapped to 0..1',
  alsoKnownAs: ['LLM-as-a-judge', 'rubric', 'OpenAI', 'RLAIF'],
  provides: ['correct'],
  options,
  metrics: {
    ...serviceMetrics,
    unparsed: {
      over: 'responses',
      reduce: 'mean',
      unit: 'share',
      meaning: 'share of responses that the judge gave no verdict on, asked twice',
      healthy: '0',
      worrying: 'above 0.01: what is trained on is `unparsed`, not the rubric',
      advice: 'Take a model that keeps to JSON, or make the rubric clearer and shorter.',
    },
  },
  check: remarks,
  inject: { metrics: tokens.metrics, configFolder: tokens.configFolder },
  create: async (settings, { metrics, configFolder }) => {
    const rubric = await readRubric(settings, configFolder);
    const key = { header: 'authorization', variable: settings.keyVariable, scheme: 'Bearer' };
    const endpoint = endpointOf(`$${settings.urlVariable}`, [key], '/chat/completions');
    const client = await ServiceClient.open('reward judge', endpoint, settings, metrics);
    const parts = { client, rubric, settings, metrics };
    return {
      score: (items) => client.all(items, (item, signal) => verdictOn(item, parts, signal)),
      dispose: () => client.dispose(),
    };
  },
});
