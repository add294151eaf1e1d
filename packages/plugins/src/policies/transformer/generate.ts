import { hasKernel, runKernel, tf, type Completion, type SampleRequest, type SamplingSettings } from '@dapo/core';
import type { Decoding, Row } from './decoding.js';
import { canDecodeInPlace, ContinuousDecoding, roomFor } from './continuous-decoding.js';
import { SegmentDecoding } from './segment-decoding.js';
import type { PreparedDecoder } from './prepared.js';
import { sampleTokens } from './sample-token.js';
import { pickTokens, tempered, vocabularyLogProbs } from './log-softmax.js';

export interface GenerationLimits {
  /** Memory in bytes for keys, values and logits. */
  readonly byteLimit: number;
  /** Responses at a time. */
  readonly maxRows: number;
}

/**
 * Draws `groupSize` responses to each prompt with a cache of keys and values. A prompt is computed once for its whole group;
 * a response that has ended leaves, and one that waits takes its place. What a response draws depends on neither.
 *
 * @returns prompt by prompt
 */
export async function generate(
  decoder: PreparedDecoder,
  request: SampleRequest,
  limits: GenerationLimits,
): Promise<Completion[]> {
  const { sampling, endToken } = request;
  const rows = rowsOf(request);
  const room = roomFor(decoder.architecture, request, limits.byteLimit, limits.maxRows);
  const decoding: Decoding = canDecodeInPlace()
    ? new ContinuousDecoding(decoder, request, room)
    : new SegmentDecoding(decoder, request, room.places);
  const ended = ({ tokens }: Row): boolean => tokens.at(-1) === endToken || tokens.length >= sampling.maxResponseLength;
  try {
    let going: Row[] = [];
    for (let admitted = 0; admitted < rows.length || going.length > 0;) {
      const entering = decoding.admit(rows, admitted);
      going.push(...rows.slice(admitted, admitted + entering));
      admitted += entering;
      await drawTokens(decoding, decoder.outputMatrix, sampling, going);
      decoding.release(going.filter(ended));
      going = going.filter((row) => !ended(row));
    }
  } finally {
    decoding.dispose();
  }
  return rows.map(({ tokens, logProbs }) => ({
    tokens: Int32Array.from(tokens),
    logProbs: Float32Array.from(logProbs),
    finish: tokens.at(-1) === endToken ? 'stop' : 'length',
  }));
}

function rowsOf(request: SampleRequest): Row[] {
  return request.prompts.flatMap((prompt, owner) =>
    Array.from({ length: request.groupSize }, (_, response) => {
      return { owner, prompt, key: request.key(owner, response), tokens: [], logProbs: [] };
    }),
  );
}

/** One token of every row, read back at once. */
async function drawTokens(
  decoding: Decoding,
  outputMatrix: tf.Tensor2D,
  sampling: SamplingSettings,
  rows: readonly Row[],
): Promise<void> {
  const uniforms = Float32Array.from(rows, ({ key, tokens }) => key.uniform(tokens.length));
  const drawn = tf.tidy(() => draw(decoding.next(rows), outputMatrix, uniforms, sampling));
  const values = await drawn.data();
  drawn.dispose();
  rows.forEach(({ tokens, logProbs }, r) => {
    tokens.push(values[3 * r]!);
    logProbs.push(values[3 * r + 1]! - Math.log(values[3 * r + 2]!));
  });
}

/** A token of each row, a logarithm of its weight, and the sum of all weights [rows, 3]. */
function draw(
  hidden: tf.Tensor2D,
  outputMatrix: tf.Tensor2D,
  uniforms: Float32Array,
  sampling: SamplingSettings,
): tf.Tensor {
  const { temperature, topP, topK } = sampling;
  if (hasKernel('DapoDrawTokens') && temperature > 0 && topP >= 1 && topK === 0) {
    const logits: tf.Tensor = tf.matMul(tempered(hidden, temperature), outputMatrix, false, true);
    return runKernel('DapoDrawTokens', { logits, uniforms: tf.tensor1d(uniforms) })[0]!;
  }
  const logProbs = vocabularyLogProbs(hidden, outputMatrix, temperature);
  const tokens = sampleTokens(logProbs, tf.tensor2d(uniforms, [uniforms.length, 1]), sampling);
  return tf.stack([tf.cast(tokens, 'float32'), pickTokens(logProbs, tokens), tf.ones([uniforms.length])], 1);
}
