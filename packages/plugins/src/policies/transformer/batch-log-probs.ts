import { tf, type PolicyBatch } from '@dapo/core';
import { causalMask } from './attention.js';
import { hiddenStates, type Attention } from './decoder.js';
import { canPack, PackedAttention } from './packed-attention.js';
import { computePackedPrefixes, computePrefixes, shareAmong } from './prefixes.js';
import { groupOf, type PreparedDecoder } from './prepared.js';
import type { Rotation } from './rotary.js';
import { SegmentAttention } from './segment-attention.js';
import { tokenLogProbs } from './token-log-probs.js';

export interface BatchLogProbs {
  /** [rows, tokens], tokens the longest of these responses, at least 1; 0 beyond a response. */
  readonly logProbs: tf.Tensor2D;
  readonly entropy?: tf.Tensor2D;
}

/**
 * Log-probs of the tokens of some responses of a batch, differentiable; each prompt is computed once. To be called
 * within a tidy.
 *
 * @param rows which responses; those to one prompt side by side
 */
export function batchLogProbs(
  decoder: PreparedDecoder,
  batch: PolicyBatch,
  rows: readonly number[],
  options: { readonly temperature: number; readonly entropy: boolean },
): BatchLogProbs {
  const { prompts, promptOf } = promptsOf(batch, rows);
  const { ids, rotation, targets, mask } = packResponses(decoder, batch, rows);
  const attention = (canPack() ? packedOver : segmentsOver)(decoder, prompts, promptOf, { rotation, tokens: mask.shape[1] });
  const hidden = hiddenStates(decoder, ids, attention);
  const { logProbs, entropy } = tokenLogProbs(hidden, decoder.outputMatrix, targets, options.temperature, options.entropy);
  const within = (x: tf.Tensor1D): tf.Tensor2D => tf.mul(tf.reshape(x, mask.shape), mask);
  return { logProbs: within(logProbs), ...(entropy && { entropy: within(entropy) }) };
}

type Over = (
  decoder: PreparedDecoder,
  prompts: readonly Int32Array[],
  promptOf: Int32Array,
  responses: { readonly rotation: Rotation; readonly tokens: number },
) => Attention;

/** Attention of responses to themselves and their prompts, which are computed here, in one piece. */
const packedOver: Over = (decoder, prompts, promptOf, responses) => {
  const prefixes = computePackedPrefixes(decoder, prompts);
  // Rows of a prompt lie side by side: where one begins, the one before ends.
  const starts = prompts.map((_, prompt) => promptOf.indexOf(prompt));
  return new PackedAttention(decoder, {
    ...responses,
    starts: tf.tensor1d([...starts, promptOf.length], 'int32'),
    ...(prefixes && { prefixes }),
  });
};

/** The same in TensorFlow.js operations. */
const segmentsOver: Over = (decoder, prompts, promptOf, { rotation, tokens }) => {
  const shared = computePrefixes(decoder, prompts);
  const prefixes = shared && shareAmong(shared, promptOf);
  const mask = tokens > 1 ? causalMask(tokens, groupOf(decoder.architecture)) : undefined;
  const pass = { rows: promptOf.length, rotation, ...(mask && { mask }) };
  return new SegmentAttention(decoder, pass, (layer, own) => (prefixes ? [prefixes[layer]!, own] : [own]));
};

/** The prompts of some rows, each once, and the place of each row's. */
function promptsOf(
  batch: PolicyBatch,
  rows: readonly number[],
): { readonly prompts: readonly Int32Array[]; readonly promptOf: Int32Array } {
  const places = new Map<number, number>();
  const promptOf = Int32Array.from(rows, (row) => {
    const prompt = batch.promptOf[row]!;
    if (!places.has(prompt)) places.set(prompt, places.size);
    return places.get(prompt)!;
  });
  return { prompts: [...places.keys()].map((prompt) => batch.prompts[prompt]!), promptOf };
}

/** The second pass: each prompt's last token and all of the response but its last, which predict the response. */
function packResponses(
  decoder: PreparedDecoder,
  batch: PolicyBatch,
  rows: readonly number[],
): { readonly ids: tf.Tensor1D; readonly rotation: Rotation; readonly targets: tf.Tensor1D; readonly mask: tf.Tensor2D } {
  const width = rows.reduce((max, row) => Math.max(max, batch.responses[row]!.tokens.length), 1);
  const count = rows.length * width;
  const [ids, targets, positions] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
  const mask = new Float32Array(count);
  rows.forEach((row, r) => {
    const prompt = batch.prompts[batch.promptOf[row]!]!;
    const { tokens } = batch.responses[row]!;
    const start = r * width;
    ids[start] = prompt[prompt.length - 1]!;
    ids.set(tokens.subarray(0, width - 1), start + 1);
    targets.set(tokens, start);
    mask.fill(1, start, start + tokens.length);
    for (let t = 0; t < width; t++) positions[start + t] = prompt.length - 1 + t;
  });
  return {
    ids: tf.tensor1d(ids, 'int32'),
    rotation: decoder.rotary.at(positions),
    targets: tf.tensor1d(targets, 'int32'),
    mask: tf.tensor2d(mask, [rows.length, width]),
  };
}
