import { z } from '@dapo/core';
import { benchmarkSchema } from '../benchmark/schema.js';

const text = z.string();
const number = z.number();
/** JSON knows no NaN and no infinities: they are null. */
const measured = number.nullable();
const metrics = z.record(text, measured).describe('metric → value; the glossary explains each');
const step = number.int().min(0).describe('rollout steps finished');

const estimate = z
  .strictObject({ value: measured, standardError: measured, low: measured, high: measured })
  .describe('an estimate with its 95 % interval');

const problem = z.strictObject({
  code: text.describe('dapo explain CODE says more'),
  message: text,
  path: text.optional().describe('path in the config'),
  location: z.strictObject({ file: text, line: number.optional(), column: number.optional() }).optional(),
  expected: text.optional(),
  received: text.optional(),
  nearest: text.optional(),
  hint: text.optional(),
});

const change = z.strictObject({ path: text, from: z.unknown().optional(), to: z.unknown().optional() });

const metric = z.strictObject({
  name: text,
  over: z.enum(['tokens', 'responses', 'groups', 'step']),
  reduce: z.enum(['mean', 'sum', 'min', 'max']),
  unit: text,
  meaning: text,
  healthy: text.optional(),
  worrying: text.optional(),
  advice: text.optional(),
});

const plugin = z.strictObject({
  kind: text,
  name: text,
  summary: text.optional(),
  source: z.record(text, text).optional(),
  departures: text.optional(),
  alsoKnownAs: z.array(text).optional(),
  role: text.optional(),
  slots: z.record(text, z.strictObject({ kind: text, default: text.optional() })).optional(),
  needs: z.array(text).optional(),
  provides: z.array(text).optional(),
  options: z.record(text, z.unknown()).describe('JSON Schema of the options'),
  metrics: z.array(metric),
});

const explanation = z.strictObject({ code: text, title: text, why: text, remedy: text, next: text });

const record = <K extends string>(kind: K, more: z.ZodRawShape) => z.strictObject({ kind: z.literal(kind), ...more });

const runRecord = z.discriminatedUnion('kind', [
  record('step', { step, metrics }),
  record('evaluation', { step, metrics }),
  record('checkpoint', { step, folder: text }),
  record('guard', { guard: text, action: text, reason: text, step }),
  record('summary', {
    reason: z.enum(['budget', 'stopped', 'guard']),
    message: text.optional(),
    steps: step,
    folder: text.optional(),
    first: metrics.optional(),
    last: metrics.optional(),
    gain: estimate.optional(),
    counters: z.record(text, measured),
    curves: text.optional(),
  }),
]);

/** What each command prints with --json; of train, resume and sft every line. */
export const jsonSchemas = {
  train: runRecord.describe('one line of dapo train --json'),
  resume: runRecord.describe('one line of dapo resume --json'),
  sft: z
    .discriminatedUnion('kind', [
      record('step', { step, loss: measured }),
      record('summary', { policy: text, firstLoss: measured.optional(), lastLoss: measured.optional() }),
    ])
    .describe('one line of dapo sft --json'),
  eval: z
    .strictObject({
      checkpoint: text,
      step,
      every: number,
      k: number,
      problems: number,
      temperature: number,
      topP: number,
      accuracy: estimate,
      passAt: z.record(text, estimate),
      majority: estimate.optional().describe('maj@k; left out where no reward reads answers out'),
      metrics,
      seconds: number,
    })
    .describe('dapo eval --json'),
  generate: z
    .strictObject({
      source: text,
      prompts: z.array(
        z.strictObject({
          prompt: text,
          answers: z.array(z.strictObject({ text, length: number, finish: z.enum(['stop', 'length', 'aborted']) })),
        }),
      ),
    })
    .describe('dapo generate --json'),
  config: z
    .strictObject({ config: z.record(text, z.unknown()), origins: z.record(text, text) })
    .describe('dapo config --json'),
  validate: z.strictObject({ problems: z.array(problem), warnings: z.array(problem) }).describe('dapo validate --json'),
  plugins: z.array(plugin).describe('dapo plugins --json'),
  'plugins-metrics': z.array(metric).describe('dapo plugins --metrics --json'),
  explain: z.union([explanation, z.array(explanation)]).describe('dapo explain --json: one, or all of them'),
  init: z
    .union([
      z.strictObject({ folder: text, template: text, files: z.array(text), next: z.array(text) }),
      z.array(z.looseObject({ name: text, description: text })),
    ])
    .describe('dapo init --json; with --list, the templates'),
  'plugin-new': z
    .strictObject({
      kind: text,
      name: text,
      folder: text,
      files: z.array(text),
      additions: z
        .array(z.strictObject({ where: text, lines: z.array(text) }))
        .describe('what a person adds to files that are there'),
      config: text,
      next: z.array(text),
    })
    .describe('dapo plugin new --json'),
  'plugin-test': z
    .array(
      z.strictObject({
        file: text,
        plugin: text,
        backend: text,
        checks: number,
        failures: z.array(z.strictObject({ check: text, message: text })),
        skipped: number.describe('checks not run, because another must be mended first'),
      }),
    )
    .describe('dapo plugin test --json'),
  'plugin-lint': z
    .array(
      z.strictObject({
        file: text,
        line: number,
        rule: text,
        level: z.enum(['error', 'warning']),
        message: text,
        hint: text,
      }),
    )
    .describe('dapo plugin lint --json'),
  ablate: z
    .union([
      z
        .looseObject({
          study: text,
          variants: z.array(z.looseObject({ name: text, set: z.array(text) })),
          seeds: z.array(number),
        })
        .describe('the plan, with --dry-run'),
      z.looseObject({
        kind: z.literal('study'),
        out: text,
        verdicts: z.array(z.looseObject({ variant: text, against: text })),
      }),
      z.looseObject({ kind: text, variant: text, seed: number, folder: text }).describe('how a run of the study goes'),
    ])
    .describe('one line of dapo ablate --json'),
  bench: benchmarkSchema,
  diff: z
    .strictObject({ run: text, other: text, differences: z.record(text, z.array(change)) })
    .describe('dapo diff --json: part of the manifest → what is another'),
  compare: z
    .strictObject({
      runs: z.array(z.looseObject({ folder: text })),
      difference: z.looseObject({}).optional().describe('held-out accuracy, paired over problems'),
      config: z.array(change),
    })
    .describe('dapo compare --json'),
  report: z
    .strictObject({
      out: text,
      files: z.array(text).describe('the page first'),
      sources: z.array(
        z.strictObject({
          kind: z.enum(['study', 'runs']),
          folder: text,
          runs: number,
          verdicts: z.array(z.looseObject({ variant: text, against: text })),
        }),
      ),
    })
    .describe('dapo report --json'),
  reproduce: z
    .strictObject({
      run: text,
      equal: z.boolean(),
      steps: number,
      evaluations: number,
      values: number.describe('values that were compared'),
      deviations: z.array(
        z
          .strictObject({ kind: text, step, metric: text, then: z.unknown(), now: z.unknown() })
          .partial({ then: true, now: true }),
      ),
      differences: z.record(text, z.array(change)).describe('part of the manifest → what is another'),
    })
    .describe('dapo reproduce --json'),
  doctor: z
    .strictObject({
      machine: z.record(text, z.union([text, number])),
      backends: z.array(z.strictObject({ name: text, available: z.boolean(), detail: text, remedy: text.optional() })),
      chosen: text,
      why: text,
      facts: z.record(text, z.unknown()).optional(),
      gigaflops: number.optional(),
      failure: text.optional(),
    })
    .describe('dapo doctor --json'),
} as const satisfies Readonly<Record<string, z.ZodType>>;
