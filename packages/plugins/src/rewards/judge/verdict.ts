import type { JudgedAnswer, MetricRecorder, RewardItem } from '@dapo/core';
import type { ServiceClient } from '../service/client.js';
import { judgeUnreadable } from '../service/errors.js';
import { promptText, sampleName } from '../service/sample-name.js';
import { judgeMessages, newMarker, type Question, readVerdict } from './question.js';

export interface Judge {
  readonly client: ServiceClient;
  readonly rubric: string;
  readonly metrics: MetricRecorder;
  readonly settings: {
    readonly model: string;
    readonly least: number;
    readonly most: number;
    readonly correctFrom: number;
    readonly unparsed: number | null;
  };
}

/** What the judge makes of one response. */
export async function verdictOn(item: RewardItem, judge: Judge, signal: AbortSignal): Promise<JudgedAnswer> {
  const { settings, client, metrics } = judge;
  const { least, most, unparsed, correctFrom } = settings;
  const { score, words } = await askTwice(item, judge, signal);
  metrics.record('unparsed', score === undefined ? 1 : 0);
  const reward = score ?? unparsed;
  if (reward !== null) return { reward, correct: reward >= correctFrom };
  const shown = client.redact(typeof words === 'string' ? words : JSON.stringify(words ?? null));
  throw judgeUnreadable(client.asked(sampleName(item)), `{"score": n}, n from ${least} to ${most}`, shown);
}

/** A score from 0 to 1; after two times without one, only the words that were none. */
async function askTwice(
  item: RewardItem,
  { client, rubric, settings: { model, least, most } }: Judge,
  signal: AbortSignal,
): Promise<{ readonly score?: number; readonly words: unknown }> {
  const [task, reference, response] = [promptText(item.prompt.input), item.prompt.reference, item.response.text];
  const question: Question = { task, reference, response, rubric, least, most };
  let words: unknown;
  for (let time = 0; time < 2; time++) {
    const messages = judgeMessages(question, newMarker([task, reference, response]));
    const body = { model, temperature: 0, response_format: { type: 'json_object' }, messages };
    words = wordsOf(await client.post(body, sampleName(item), signal), client, sampleName(item));
    const score = readVerdict(words, least, most);
    if (score !== undefined) return { score, words };
  }
  return { words };
}

/** What the model said. */
function wordsOf(answer: unknown, client: ServiceClient, sample: string): unknown {
  const choices = (answer as { readonly choices?: unknown } | null)?.choices;
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const message = (first as { readonly message?: unknown } | null | undefined)?.message;
  if (typeof message === 'object' && message !== null) return (message as { readonly content?: unknown }).content;
  const expected = '{ "choices": [{ "message": { "content": "…" } }] }';
  throw client.wrong(sample, 'it is no chat completion', expected, JSON.stringify(answer));
}
