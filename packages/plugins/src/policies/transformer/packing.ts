import { tf, type PolicyBatch } from '@dapo/core';
import { outputParameter } from './architecture.js';
import { HIDDEN, type Segment } from './attention.js';
import { hiddenStates, prefixSegments, type Decoder, type Pass } from './decoder.js';
import { tokenLogProbs } from './token-log-probs.js';

/** Some rows of a batch, laid out for two passes: prompts without their last token, then that token and the responses. */
interface Packed {
  /** Rows of the batch in which prompts are shared: [responses]. */
  readonly prefix?: Pass;
  readonly responses: Pass;
  /** Prefix of each row, where rows don't share prefixes evenly. */
  readonly prefixOf?: tf.Tensor1D;
  /** Token that each position predicts [N], int32; 0 beyond a response. */
  readonly targets: tf.Tensor1D;
  /** 1 within a response [rows, tokens]. */
  readonly mask: tf.Tensor2D;
}

export interface BatchLogProbs {
  /** [rows, tokens], tokens the longest of these responses, at least 1; 0 beyond a response. */
  readonly logProbs: tf.Tensor2D;
  readonly entropy?: tf.Tensor2D;
}

/** Log-probs of the tokens of some responses of a batch, differentiable. To be called within a tidy. */
export function batchLogProbs(
  decoder: Decoder,
  batch: PolicyBatch,
  rows: readonly number[],
  options: { readonly temperature: number; readonly entropy: boolean },
): BatchLogProbs {
  const packed = pack(decoder, batch, rows);
  const { responses, mask } = packed;
  const prefixes = packed.prefix && prefixSegments(decoder, packed.prefix).map((segment) => spread(segment, packed.prefixOf));
  const hidden = hiddenStates(decoder, responses, (layer, own) => (prefixes ? [prefixes[layer]!, own] : [own]));
  const outputMatrix = decoder.weights[outputParameter(decoder.architecture)]! as tf.Tensor2D;
  const { logProbs, entropy } = tokenLogProbs(hidden, outputMatrix, packed.targets, options.temperature, options.entropy);
  const within = (x: tf.Tensor1D): tf.Tensor2D => tf.mul(tf.reshape(x, mask.shape), mask);
  return { logProbs: within(logProbs), ...(entropy && { entropy: within(entropy) }) };
}

function spread({ keys, values }: Segment, prefixOf: tf.Tensor1D | undefined): Segment {
  if (!prefixOf) return { keys, values };
  return { keys: tf.gather(keys, prefixOf, 1), values: tf.gather(values, prefixOf, 1) };
}

function pack(decoder: Decoder, batch: PolicyBatch, rows: readonly number[]): Packed {
  const { prompts, prefixOf, even } = promptsOf(batch, rows);
  const longest = rows.reduce((max, row) => Math.max(max, batch.responses[row]!.tokens.length), 1);
  const width = prompts.reduce((max, prompt) => Math.max(max, prompt.length - 1), 0);
  const group = decoder.architecture.heads / decoder.architecture.keyValueHeads;

  const count = rows.length * longest;
  const [ids, targets, positions] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
  const within = new Float32Array(count);
  rows.forEach((row, r) => {
    const prompt = prompts[prefixOf[r]!]!;
    const { tokens } = batch.responses[row]!;
    const start = r * longest;
    ids[start] = prompt[prompt.length - 1]!;
    ids.set(tokens.subarray(0, longest - 1), start + 1);
    targets.set(tokens, start);
    within.fill(1, start, start + tokens.length);
    for (let t = 0; t < longest; t++) positions[start + t] = prompt.length - 1 + Math.min(t, tokens.length);
  });
  const lengths = rows.map((_, r) => prompts[prefixOf[r]!]!.length - 1);
  return {
    ...(width > 0 && { prefix: prefixPass(decoder, prompts, width) }),
    ...(width > 0 && !even && { prefixOf: tf.tensor1d(prefixOf, 'int32') }),
    responses: {
      ids: tf.tensor1d(ids, 'int32'),
      rows: rows.length,
      tokens: longest,
      rotation: decoder.rotary.at(positions, group),
      mask: responseMask(lengths, width, longest, group),
    },
    targets: tf.tensor1d(targets, 'int32'),
    mask: tf.tensor2d(within, [rows.length, longest]),
  };
}

/** The prompts of some rows, each once, and whether they have equally many rows that lie side by side. */
function promptsOf(
  batch: PolicyBatch,
  rows: readonly number[],
): { readonly prompts: readonly Int32Array[]; readonly prefixOf: Int32Array; readonly even: boolean } {
  const places = new Map<number, number>();
  const prefixOf = Int32Array.from(rows, (row) => {
    const prompt = batch.promptOf[row]!;
    if (!places.has(prompt)) places.set(prompt, places.size);
    return places.get(prompt)!;
  });
  const share = rows.length / places.size;
  const even = prefixOf.every((place, r) => place === Math.floor(r / share));
  return { prompts: [...places.keys()].map((prompt) => batch.prompts[prompt]!), prefixOf, even };
}

/** Prompts without their last token, padded at the end: a causal mask hides the padding from what stands before it. */
export function prefixPass(decoder: Decoder, prompts: readonly Int32Array[], width: number): Pass {
  const { heads, keyValueHeads } = decoder.architecture;
  const ids = new Int32Array(prompts.length * width);
  prompts.forEach((prompt, b) => ids.set(prompt.subarray(0, -1), b * width));
  const positions = Int32Array.from(ids, (_, i) => i % width);
  return {
    ids: tf.tensor1d(ids, 'int32'),
    rows: prompts.length,
    tokens: width,
    rotation: decoder.rotary.at(positions, heads / keyValueHeads),
    mask: responseMask([0], 0, width, heads / keyValueHeads),
  };
}

/**
 * What a query may look at: its own prompt's prefix and the tokens up to itself.
 *
 * @param lengths prefix length of each row; one entry stands for all rows
 * @param width keys of the prefix segment
 * @returns [1, rows or 1, tokens · group, width + tokens]
 */
function responseMask(lengths: readonly number[], width: number, tokens: number, group: number): tf.Tensor4D {
  const ragged = lengths.some((length) => length < width);
  const blocks = ragged ? lengths : [width];
  const keys = width + tokens;
  const mask = new Float32Array(blocks.length * tokens * group * keys);
  let at = 0;
  for (const length of blocks) {
    for (let t = 0; t < tokens; t++) {
      for (let head = 0; head < group; head++, at += keys) {
        mask.fill(HIDDEN, at + length, at + width);
        mask.fill(HIDDEN, at + width + t + 1, at + keys);
      }
    }
  }
  return tf.tensor4d(mask, [1, blocks.length, tokens * group, keys]);
}
