import { definePlugin, z } from '@dapo/core';

/** Whether JavaScript can compile a regular expression. */
function compiles(pattern: string): boolean {
  try {
    new RegExp(pattern, 'su');
    return true;
  } catch {
    return false;
  }
}

const options = z.strictObject({
  pattern: z
    .string()
    .refine(compiles, 'a regular expression as JavaScript takes it')
    .describe('Regular expression that a response has to match; «.» matches a line break, too'),
  match: z.number().default(1).describe('Reward of a response that matches'),
  otherwise: z.number().default(0).describe('Reward of a response that does not'),
});

export default definePlugin({
  kind: 'reward',
  name: 'regex-format',
  role: 'shaping',
  summary: 'Rewards responses of a given form, whatever they say.',
  source: { title: 'DeepSeek-R1, format reward', arxiv: '2501.12948', equation: 'section 2.2.2' },
  departures: 'The form is any regular expression. Filters and evaluation do not see the reward.',
  alsoKnownAs: ['format reward'],
  options,
  create: ({ pattern, match, otherwise }) => {
    const form = new RegExp(pattern, 'su');
    return { score: (batch) => batch.map(({ response }) => (form.test(response.text) ? match : otherwise)) };
  },
});
