import { hasKernel, runKernel, tf, type Completion, type RandomKey, type SampleRequest, type SamplingSettings } from '@dapo/core';
import type { Architecture } from './architecture.js';
import { hiddenStates } from './decoder.js';
import { KeyValueCache, type TokenCache } from './key-value-cache.js';
import { canPack } from './packed-attention.js';
import { PackedCache } from './packed-cache.js';
import type { PreparedDecoder } from './prepared.js';
import { sampleTokens } from './sample-token.js';
import { pickTokens, tempered, vocabularyLogProbs } from './token-log-probs.js';

/** Share of rows still going below which the finished ones are taken out of the batch. */
const COMPACT_BELOW = 0.75;

/** One response on its way. */
interface Row {
  readonly prompt: Int32Array;
  readonly key: RandomKey;
  readonly tokens: number[];
  readonly logProbs: number[];
  done: boolean;
}

/**
 * Draws `groupSize` responses to each prompt with a key-value cache. A prompt is computed once for its whole group.
 *
 * @param byteLimit as many prompts go together as it has room for; the samples don't depend on it
 * @returns prompt by prompt
 */
export async function generate(
  decoder: PreparedDecoder,
  request: SampleRequest,
  byteLimit: number,
): Promise<Completion[]> {
  const together = promptsAtOnce(decoder.architecture, request, byteLimit);
  const completions: Completion[] = [];
  for (let first = 0; first < request.prompts.length; first += together) {
    const prompts = request.prompts.slice(first, first + together);
    const key: SampleRequest['key'] = (prompt, response) => request.key(first + prompt, response);
    completions.push(...(await generateTogether(decoder, { ...request, prompts, key })));
  }
  return completions;
}

/** Prompts whose groups fit into a byte limit: their cache, copied once as it grows, and what the vocabulary takes. */
export function promptsAtOnce(
  { layers, keyValueHeads, headDim, vocabularySize }: Architecture,
  { prompts, groupSize, sampling }: Pick<SampleRequest, 'prompts' | 'groupSize' | 'sampling'>,
  byteLimit: number,
): number {
  const perToken = 2 * layers * keyValueHeads * headDim;
  const longest = prompts.reduce((max, prompt) => Math.max(max, prompt.length), 0);
  const perResponse = 1.5 * sampling.maxResponseLength * perToken + 8 * vocabularySize;
  const bytes = 4 * (longest * perToken + groupSize * perResponse);
  return Math.max(1, Math.floor(byteLimit / bytes));
}

async function generateTogether(decoder: PreparedDecoder, request: SampleRequest): Promise<Completion[]> {
  const { prompts, groupSize, sampling, endToken } = request;
  const rows: Row[] = prompts.flatMap((prompt, b) =>
    Array.from({ length: groupSize }, (_, response) => ({
      prompt,
      key: request.key(b, response),
      tokens: [],
      logProbs: [],
      done: false,
    })),
  );
  const ownerOf = Int32Array.from(rows, (_, r) => Math.floor(r / groupSize));
  const cache = canPack() ? new PackedCache(decoder, prompts, ownerOf) : new KeyValueCache(decoder, prompts, ownerOf);
  try {
    let going = rows;
    for (let t = 0; t < sampling.maxResponseLength && going.length > 0; t++) {
      going = compact(cache, going);
      await drawTokens(decoder, cache, sampling, going, t);
      for (const row of going) row.done ||= row.tokens.at(-1) === endToken;
      if (going.every((row) => row.done)) break;
    }
  } finally {
    cache.dispose();
  }
  return rows.map(({ tokens, logProbs, done }) => ({
    tokens: Int32Array.from(tokens),
    logProbs: Float32Array.from(logProbs),
    finish: done ? 'stop' : 'length',
  }));
}

/** Takes finished rows out where enough have finished. */
function compact(cache: TokenCache, rows: readonly Row[]): Row[] {
  const places = rows.flatMap(({ done }, place) => (done ? [] : [place]));
  if (places.length >= COMPACT_BELOW * rows.length) return [...rows];
  tf.tidy(() => cache.choose(Int32Array.from(places)));
  return places.map((place) => rows[place]!);
}

/** One token of every row; finished rows get none. */
async function drawTokens(
  decoder: PreparedDecoder,
  cache: TokenCache,
  sampling: SamplingSettings,
  rows: readonly Row[],
  t: number,
): Promise<void> {
  const drawn = tf.tidy(() => {
    const ids = tf.tensor1d(rows.map(({ prompt, tokens }) => tokens.at(-1) ?? prompt.at(-1)!), 'int32');
    const rotation = decoder.rotary.at(Int32Array.from(rows, ({ prompt }) => prompt.length - 1 + t));
    const hidden = hiddenStates(decoder, ids, cache.next(rotation));
    return draw(hidden, decoder.outputMatrix, rows.map(({ key }) => key.uniform(t)), sampling);
  });
  const values = await drawn.data();
  drawn.dispose();
  rows.forEach((row, r) => {
    if (row.done) return;
    row.tokens.push(values[2 * r]!);
    row.logProbs.push(values[2 * r + 1]!);
  });
}

/** Tokens and their log-probs [rows, 2]. */
function draw(hidden: tf.Tensor2D, outputMatrix: tf.Tensor2D, uniforms: readonly number[], sampling: SamplingSettings): tf.Tensor {
  const { temperature, topP, topK } = sampling;
  if (hasKernel('DapoDrawTokens') && temperature > 0 && topP >= 1 && topK === 0) {
    const logits: tf.Tensor = tf.matMul(tempered(hidden, temperature), outputMatrix, false, true);
    const drawn = runKernel('DapoDrawTokens', { logits, uniforms: tf.tensor1d([...uniforms]) })[0]!;
    const [tokens, logit, sum] = tf.split(drawn, 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor];
    return tf.concat([tokens, tf.sub(logit, tf.log(sum))], 1);
  }
  const logProbs = vocabularyLogProbs(hidden, outputMatrix, temperature);
  const tokens = sampleTokens(logProbs, tf.tensor2d([...uniforms], [uniforms.length, 1]), sampling);
  return tf.stack([tf.cast(tokens, 'float32'), pickTokens(logProbs, tokens)], 1);
}
