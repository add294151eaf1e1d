import { z } from 'zod';
import { definePlugin, type Plugin } from '../plugin/define-plugin.js';
import type { Kind } from '../plugin/kinds.js';
import type { PluginManifest } from '../plugin/manifest.js';

/** Configs are resolved without making anything, so the plugins here make nothing. */
const nothing = (): never => undefined as never;

const bare = (kind: Kind, name: string, more: object = {}): unknown =>
  definePlugin({ kind, name, create: nothing, ...more });

const share = (meaning: string, standard: number): z.ZodDefault<z.ZodNumber> =>
  z.number().gt(0).lt(1).default(standard).describe(meaning);

const plugins: readonly unknown[] = [
  bare('backend', 'cpu'),
  bare('tokenizer', 'character'),
  bare('policy', 'small', {
    options: z.strictObject({ width: z.number().int().min(1).default(16).describe('features of a token') }),
  }),
  bare('prompts', 'sums', {
    options: z.strictObject({
      file: z.string().optional().describe('file of the rows'),
      columns: z
        .strictObject({ input: z.string().default('input'), reference: z.string().default('answer') })
        .prefault({}),
    }),
  }),
  bare('sampler', 'standard'),
  bare('sampler', 'dynamic'),
  bare('generator', 'policy'),
  bare('reward', 'exact-answer', { provides: ['correct'] }),
  bare('reward', 'number-answer', { provides: ['correct'] }),
  bare('reward', 'soft-overlong', {
    role: 'shaping',
    options: z.strictObject({ cache: z.number().int().min(1).optional().describe('tokens before the limit') }),
  }),
  bare('reward', 'kl-penalty', { role: 'shaping', needs: ['reference-log-probs'] }),
  bare('filter', 'mixed-outcomes'),
  bare('filter', 'band', {
    options: z.strictObject({ range: z.array(z.number()).length(2).describe('lowest and highest share') }),
  }),
  bare('advantage', 'group-norm'),
  bare('advantage', 'leave-one-out', { alsoKnownAs: ['RLOO'] }),
  bare('signal', 'reference', { provides: ['reference-log-probs'] }),
  bare('correction', 'truncated'),
  bare('clip-rule', 'clip', {
    options: z.strictObject({ low: share('how far a ratio may fall', 0.2), high: share('how far it may rise', 0.2) }),
  }),
  bare('clip-rule', 'clip-higher', {
    options: z.strictObject({ low: share('how far a ratio may fall', 0.2), high: share('how far it may rise', 0.28) }),
    check: ({ low, high }: { low: number; high: number }) =>
      high < low ? [{ level: 'warning', path: 'high', message: 'high is below low', hint: 'swap them' }] : [],
  }),
  bare('kl-term', 'k3', { needs: ['reference-log-probs'] }),
  bare('loss', 'policy-gradient', {
    options: z.strictObject({ klWeight: z.number().min(0).default(0).describe('factor of the KL term') }),
    slots: { clip: { kind: 'clip-rule', default: 'clip' }, kl: { kind: 'kl-term' } },
  }),
  bare('aggregation', 'token'),
  bare('optimizer', 'adamw', { options: z.strictObject({ learningRate: z.number().gt(0).describe('step size') }) }),
  bare('schedule', 'constant'),
  bare('guard', 'nan'),
  bare('tracker', 'console'),
];

/** A package of plugins that do nothing, with the names and shapes of real ones: for tests of the config. */
export const fakeManifest: PluginManifest = {
  name: '@fake/plugins',
  version: '1.2.3',
  plugins: byKindAndName(plugins as readonly Plugin[]),
  defaults: {
    backend: 'cpu',
    generator: 'policy',
    schedule: 'constant',
    optimizer: { use: 'adamw', learningRate: 0.001 },
    trackers: { console: 'console' },
  } as object,
  presets: {
    grpo: async () => ({
      default: {
        sampler: 'standard',
        rewards: { answer: 'exact-answer', length: false },
        advantage: 'group-norm',
        loss: { use: 'policy-gradient', clip: 'clip' },
        aggregation: 'token',
      } as object,
    }),
    dapo: async () => ({
      default: {
        extends: 'grpo',
        sampler: 'dynamic',
        rewards: { length: 'soft-overlong' },
        filters: { outcomes: 'mixed-outcomes' },
        loss: { clip: { use: 'clip-higher', high: 0.3 } },
      } as object,
    }),
  },
};

/** What the presets leave open, as small as can be. */
export const smallConfig: object = {
  extends: 'dapo',
  tokenizer: 'character',
  policy: 'small',
  prompts: { train: 'sums', heldOut: 'sums' },
};

function byKindAndName(list: readonly Plugin[]): PluginManifest['plugins'] {
  const table: Partial<Record<Kind, Record<string, () => Promise<{ default: unknown }>>>> = {};
  for (const plugin of list) {
    const ofKind = (table[plugin.kind] ??= {});
    ofKind[plugin.name] = () => Promise.resolve({ default: plugin });
  }
  return table;
}
