import { z } from '@dapo/core';

const text = z.string();
/** JSON knows no NaN and no infinities: they are null. */
const number = z.number().nullable();

const spread = z
  .strictObject({ median: number, best: number, values: z.array(number) })
  .describe('repeated measurements: best is the smallest of times and the largest of rates');
const place = { node: text.describe('version of Node'), backend: text };
const failure = (more: z.ZodRawShape) => z.strictObject({ ...more, failure: text.describe('why there is no figure') });
const orFailure = (more: z.ZodRawShape, figures: z.ZodRawShape) =>
  z.union([z.strictObject({ ...more, ...figures }), failure(more)]);

/** What `dapo bench --json` prints and `--out` writes. */
export const benchmarkSchema = z
  .strictObject({
    date: text,
    machine: z.record(text, z.union([text, z.number()])),
    versions: z.record(text, text),
    twoThreads: z.array(number).describe('work of two threads by that of one, before each round: 2 at best'),
    backends: z.array(
      orFailure(place, {
        facts: z.record(text, z.unknown()),
        products: z.record(text, spread).describe('shape M×N×K → GFLOP/s'),
        microsecondsPerOperation: spread,
        peakRssMiB: number,
      }),
    ),
    steps: z.array(
      orFailure(
        { config: text, what: text, ...place },
        {
          responses: number,
          updates: number.describe('a rollout step'),
          generatedTokens: number.describe('a rollout step'),
          update: spread.describe('seconds of one update'),
          rollout: spread.describe('seconds of sampling, scoring, filtering, preparing'),
          tokensPerSecond: spread.describe('generated tokens by the seconds of the rollout'),
          step: spread.describe('seconds of the whole rollout step'),
          peakRssMiB: number,
          startRssMiB: number,
        },
      ),
    ),
    growth: z
      .array(
        orFailure(
          { config: text, along: text, ...place },
          {
            points: z.array(
              z.strictObject({
                value: number,
                updateSeconds: number,
                rolloutSeconds: number,
                stepSeconds: number,
                peakRssMiB: number,
                usedMiB: number,
              }),
            ),
            exponents: z.record(text, number).describe('p of c · sizeᵖ'),
          },
        ),
      )
      .optional(),
    gradients: z
      .array(
        orFailure(
          { what: text, ...place },
          { parameters: number, pass: spread, gradientNorm: number, peakRssMiB: number },
        ),
      )
      .optional(),
    baseline: z
      .array(
        z.strictObject({
          config: text,
          program: text,
          versions: z.record(text, text),
          update: spread,
          tokensPerSecond: spread,
          step: spread,
          peakRssMiB: number,
        }),
      )
      .optional(),
  })
  .describe('dapo bench --json');
