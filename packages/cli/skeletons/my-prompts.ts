import { definePlugin, repeatingSource, tokens, z, type OptionsOf, type Prompt } from '@dapo/core';

const options = z.strictObject({
  largest: z.int().min(1).max(10_000).default(9).describe('largest summand; the smallest is 0'),
  split: z.enum(['train', 'heldOut']).default('train').describe('which side of the split: no problem is on both'),
});

/** Sums of 0 … largest. Held out are those whose result divides by 5: a+b and b+a stand on the same side. */
export function sums(largest: number, split: 'train' | 'heldOut'): { readonly a: number; readonly b: number }[] {
  const summands = Array.from({ length: largest + 1 }, (_, n) => n);
  const all = summands.flatMap((a) => summands.map((b) => ({ a, b })));
  return all.filter(({ a, b }) => ((a + b) % 5 === 0) === (split === 'heldOut'));
}

export default definePlugin({
  kind: 'prompts',
  name: 'my-prompts',
  summary: 'Sums of two small numbers, with their results.',
  source: { title: 'our own' },
  options,
  inject: { random: tokens.random },
  create: ({ largest, split }, { random }) => {
    const problems = sums(largest, split);
    const at = (index: number): Omit<Prompt, 'visit'> => {
      const { a, b } = problems[index]!;
      return { id: `${a}+${b}`, input: `${a}+${b}=`, reference: String(a + b), columns: {} };
    };
    // Walks the list again and again, each time in another seeded order; its place is kept in checkpoints.
    return repeatingSource({ size: problems.length, fingerprint: `sums of 0 to ${largest}, ${split}`, at }, random);
  },
});

/** With `plugins: ['./plugins/my-prompts.ts']` in a config, `use: 'my-prompts'` completes there and its options are checked. */
declare module '@dapo/core' {
  interface PluginCatalogue {
    'my-prompts': { prompts: { 'my-prompts': OptionsOf<(typeof import('./my-prompts.js'))['default']> } };
  }
}
