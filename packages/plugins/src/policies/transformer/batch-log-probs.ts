import { tf, type PolicyBatch } from '@dapo/core';
import { causalMask } from './attention.js';
import { hiddenStates } from './decoder.js';
import { canPack, PackedAttention } from './packed-attention.js';
import { paddingOf, type Padding } from './padding.js';
import { computePrefixes, offsetsOf, packPrompts, shareAmong } from './prefixes.js';
import { groupOf, type PreparedDecoder } from './prepared.js';
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
  const responses = packResponses(batch, rows);
  const hidden = (canPack() ? packedStates : segmentStates)(decoder, prompts, promptOf, responses);
  const targets = tf.tensor1d(responses.targets, 'int32');
  const { logProbs, entropy } = tokenLogProbs(
    hidden,
    decoder.outputMatrix,
    targets,
    options.temperature,
    options.entropy,
  );
  const inRows = intoRows(batch, rows, responses);
  return { logProbs: inRows(logProbs), ...(entropy && { entropy: inRows(entropy) }) };
}

/** Responses one after another. */
interface Responses {
  /** Tokens of each that are computed: its own, at least one so that no pass is empty. */
  readonly lengths: readonly number[];
  readonly ids: Int32Array;
  readonly positions: Int32Array;
  readonly targets: Int32Array;
  readonly padding: Padding | undefined;
}

type States = (
  decoder: PreparedDecoder,
  prompts: readonly Int32Array[],
  promptOf: Int32Array,
  responses: Responses,
) => tf.Tensor2D;

/** Hidden states of the responses; their prompts and they are one pass, without padding. */
const packedStates: States = (decoder, prompts, promptOf, responses) => {
  const shared = packPrompts(prompts);
  const promptLengths = prompts.map(({ length }) => length - 1);
  // Rows of a prompt lie side by side: where one begins, the one before ends.
  const starts = prompts.map((_, prompt) => promptOf.indexOf(prompt));
  const attention = new PackedAttention(decoder, {
    rotation: decoder.rotary.at(joined(shared.positions, responses.positions)),
    offsets: offsetsOf([...promptLengths, ...responses.lengths]),
    starts: tf.tensor1d([...starts, promptOf.length], 'int32'),
    longest: largest(responses.lengths),
    longestPrompt: largest(promptLengths),
  });
  return hiddenStates(decoder, tf.tensor1d(joined(shared.ids, responses.ids), 'int32'), attention, shared.ids.length);
};

/** The same in TensorFlow.js operations: prompts in a pass of their own, and padding for attention alone. */
const segmentStates: States = (decoder, prompts, promptOf, { lengths, ids, padding }) => {
  const shared = computePrefixes(decoder, prompts);
  const prefixes = shared && shareAmong(shared, promptOf);
  const tokens = largest(lengths);
  const mask = tokens > 1 ? causalMask(tokens, groupOf(decoder.architecture)) : undefined;
  const positions = Int32Array.from({ length: promptOf.length * tokens }, (_, i) => {
    const prompt = prompts[promptOf[Math.floor(i / tokens)]!]!;
    return prompt.length - 1 + (i % tokens);
  });
  const pass = {
    rows: promptOf.length,
    rotation: decoder.rotary.at(positions),
    ...(mask && { mask }),
    ...(padding && { padding }),
  };
  const attention = new SegmentAttention(decoder, pass, (layer, own) => (prefixes ? [prefixes[layer]!, own] : [own]));
  return hiddenStates(decoder, tf.tensor1d(ids, 'int32'), attention);
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

/** Each prompt's last token and all of the response but its last, which predict the response. */
function packResponses(batch: PolicyBatch, rows: readonly number[]): Responses {
  const lengths = rows.map((row) => Math.max(1, batch.responses[row]!.tokens.length));
  const count = lengths.reduce((a, b) => a + b, 0);
  const [ids, targets, positions] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
  let start = 0;
  rows.forEach((row, r) => {
    const prompt = batch.prompts[batch.promptOf[row]!]!;
    const { tokens } = batch.responses[row]!;
    ids[start] = prompt[prompt.length - 1]!;
    ids.set(tokens.subarray(0, lengths[r]! - 1), start + 1);
    targets.set(tokens, start);
    for (let t = 0; t < lengths[r]!; t++) positions[start + t] = prompt.length - 1 + t;
    start += lengths[r]!;
  });
  return { lengths, ids, targets, positions, padding: paddingOf(lengths, largest(lengths)) };
}

/** Values of tokens one after another → [rows, tokens of the longest], 0 beyond a response. */
function intoRows(
  batch: PolicyBatch,
  rows: readonly number[],
  { lengths, padding }: Responses,
): (x: tf.Tensor1D) => tf.Tensor2D {
  const width = largest(lengths);
  const counted = new Float32Array(rows.length * width);
  rows.forEach((row, r) => counted.fill(1, r * width, r * width + batch.responses[row]!.tokens.length));
  const mask = tf.tensor2d(counted, [rows.length, width]);
  return (x) => tf.mul(tf.reshape(padding ? padding.pad(x) : x, mask.shape), mask);
}

function joined(first: Int32Array, second: Int32Array): Int32Array {
  const both = new Int32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function largest(lengths: readonly number[]): number {
  return lengths.reduce((a, b) => Math.max(a, b), 0);
}
