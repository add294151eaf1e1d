import type { Group, Response } from '../contracts/index.js';
import { Random } from '../random/random.js';
import { Matrix } from '../training/matrix.js';
import { RolloutBatch } from '../training/rollout-batch.js';

export interface RandomBatchOptions {
  readonly seed?: number;
  /** Lengths of the responses, group by group; 0 is an empty response. */
  readonly lengths: readonly (readonly number[])[];
  readonly vocabularySize: number;
  /** How far old log-probs lie from the behaviour's; makes ratios that clip. */
  readonly spread?: number;
}

/** A rollout batch of random tokens, log-probs and advantages. */
export function randomBatch({ seed = 1, lengths, vocabularySize, spread = 0.3 }: RandomBatchOptions): RolloutBatch {
  const random = new Random(seed);
  const groups = lengths.map((ofGroup, g): Group => ({
    prompt: { id: `prompt-${g}`, input: 'a', columns: {}, visit: 0 },
    promptTokens: Int32Array.from([g % vocabularySize]),
    responses: ofGroup.map((length, r) => randomResponse(random, g, r, length, vocabularySize)),
    round: 0,
    verdict: 'keep',
  }));
  const batch = new RolloutBatch(groups);
  batch.oldLogProbs = fill(
    batch,
    (r, t) => -0.1 - Math.abs(Math.log(vocabularySize) + spread * random.key('old', r).normal(t)),
  );
  batch.advantages = fill(batch, (r) => random.key('advantage').normal(r));
  return batch;
}

function randomResponse(random: Random, g: number, r: number, length: number, vocabularySize: number): Response {
  const key = random.key('tokens', g, r);
  return {
    tokens: Int32Array.from({ length }, (_, t) => key.integer(t, vocabularySize)),
    sampled: new Uint8Array(length).fill(1),
    behaviourLogProbs: Float32Array.from({ length }, () => -Math.log(vocabularySize)),
    policyVersion: 0,
    finish: 'stop',
    text: '',
    score: 0,
    reward: 0,
    components: {},
    verdict: 'keep',
  };
}

function fill(batch: RolloutBatch, value: (row: number, token: number) => number): Matrix {
  const matrix = new Matrix(batch.responses.length, batch.width);
  batch.responses.forEach((response, row) => {
    for (let t = 0; t < response.tokens.length; t++) matrix.values[row * batch.width + t] = value(row, t);
  });
  return matrix;
}
