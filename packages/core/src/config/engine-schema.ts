import { z } from 'zod';

const rollout = z
  .strictObject({
    prompts: z.number().int().min(1).max(1_000_000).default(8).describe('prompts of a full batch'),
    groupSize: z.number().int().min(1).max(100_000).default(8).describe('responses to each prompt (G)'),
    maxResponseLength: z
      .number()
      .int()
      .min(1)
      .max(10_000_000)
      .default(32)
      .describe('tokens of a response at most, its end token counted'),
    temperature: z
      .number()
      .gt(0)
      .max(100)
      .default(1)
      .describe('what the logits are divided by, here and in every log-prob'),
    topP: z.number().gt(0).max(1).default(1).describe('smallest set of tokens whose probability reaches it; 1: all'),
    topK: z.number().int().min(0).default(0).describe('the most probable k tokens; 0: all'),
  })
  .prefault({})
  .describe('what every sampler and generator shares');

const update = z
  .strictObject({
    miniBatch: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe('responses of one optimizer step; by default a quarter of the rollout, in whole groups'),
    epochs: z.number().int().min(1).max(1000).default(1).describe('passes over a rollout'),
    microBatch: z
      .union([z.literal('auto'), z.number().int().min(1)])
      .default('auto')
      .describe('responses computed at once; auto: as many as a limit of memory allows'),
    oldLogProbs: z
      .enum(['behaviour', 'recomputed'])
      .default('behaviour')
      .describe("where old log-probs come from: the sampler's own, or one forward pass more per rollout"),
    nonFinite: z.enum(['stop', 'skip']).default('stop').describe("what happens when a gradient isn't finite"),
  })
  .prefault({})
  .describe('how a rollout is trained on');

const evaluation = z
  .strictObject({
    every: z.number().int().min(0).default(10).describe('rollout steps between evaluations; 0: never'),
    k: z.number().int().min(1).max(100_000).default(4).describe('answers to each problem'),
    problems: z.number().int().min(0).default(0).describe('held-out problems; 0: all of them'),
    temperature: z.number().min(0).max(100).default(1).describe('0: greedy'),
    topP: z.number().gt(0).max(1).default(1).describe('smallest set of tokens whose probability reaches it; 1: all'),
  })
  .prefault({})
  .describe('how the policy is measured on held-out prompts');

const checkpoints = z
  .strictObject({
    every: z.number().int().min(1).default(10).describe('rollout steps between checkpoints'),
    keep: z.number().int().min(1).default(3).describe('newest checkpoints kept'),
  })
  .prefault({})
  .describe('when the run is saved');

const budget = z
  .strictObject({
    rolloutSteps: z.number().int().min(1).default(100).describe('rollout steps of the run'),
    optimizerSteps: z.number().int().min(0).default(0).describe('optimizer steps; 0: no bound'),
    generatedTokens: z
      .number()
      .int()
      .min(0)
      .default(0)
      .describe('generated tokens, those of dropped groups too; 0: no bound'),
    prompts: z.number().int().min(0).default(0).describe('prompts tried; 0: no bound'),
    minutes: z.number().min(0).default(0).describe('minutes of training, over all resumes; 0: no bound'),
  })
  .prefault({})
  .describe('the run ends when the first of these is used up');

const prices = z
  .strictObject({
    perMillionTokens: z.number().min(0).default(0).describe('price of a million generated tokens'),
    perHour: z.number().min(0).default(0).describe('price of an hour of the machine'),
  })
  .prefault({})
  .describe('what the money counter multiplies');

/** The engine's own keys: defaults, bounds and descriptions live here and nowhere else. */
export const engineSchema = z.strictObject({
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$/,
      'at most 80 letters, digits, dots, - and _, the first a letter or digit',
    )
    .default('run')
    .describe('name of the run: part of its folder'),
  seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(1).describe('every random number follows from it'),
  rollout,
  update,
  evaluation,
  checkpoints,
  budget,
  prices,
  plugins: z.array(z.string().min(1)).default([]).describe('files and packages of plugins'),
});

export type EngineSettings = z.output<typeof engineSchema>;

/** Responses of a mini-batch where the config names no number: a quarter of the rollout, in whole groups. */
export function defaultMiniBatch({ prompts, groupSize }: EngineSettings['rollout']): number {
  return Math.ceil(prompts / 4) * groupSize;
}
