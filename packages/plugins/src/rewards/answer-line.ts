import { definePlugin, z } from '@dapo/core';

const options = z.strictObject({
  right: z.number().default(1).describe('Reward of a right answer'),
  wrong: z.number().default(-1).describe('Reward of a wrong answer, or of none'),
  tail: z.number().int().positive().default(300).describe('Characters at the end of a response that are read'),
});

/**
 * Articles, spacing and LaTeX that two ways of writing one number differ by, in this order (Minerva, appendix
 * D.1).
 */
const replaced: readonly (readonly [string, string])[] = [
  ['an ', ''],
  ['a ', ''],
  ['.$', '$'],
  ['\\$', ''],
  ['\\ ', ''],
  [' ', ''],
  ['mbox', 'text'],
  [',\\text{and}', ','],
  ['\\text{and}', ','],
  ['\\text{m}', '\\text{}'],
];

/** Units and ornaments, removed wherever they stand (Minerva, appendix D.1). */
const removed: readonly string[] = [
  ...['square', 'ways', 'integers', 'dollars', 'mph', 'inches', 'hours', 'km', 'units', '\\ldots', 'sue', 'points'],
  ...['feet', 'minutes', 'digits', 'cents', 'degrees', 'cm', 'gm', 'pounds', 'meters', 'meals', 'edges', 'students'],
  ...[
    'childrentickets',
    'multiples',
    '\\text{s}',
    '\\text{.}',
    '\\text{\ns}',
    '\\text{}^2',
    '\\text{}^3',
    '\\text{\n}',
  ],
  ...['\\text{}', '\\mathrm{th}', '^\\circ', '^{\\circ}', '\\;', ',\\!', '{,}', '"', '\\dots'],
];

/** LaTeX around an answer, and fractions and roots without braces. */
const rewritten: readonly (readonly [RegExp, string])[] = [
  [/.*?\$(.*?)\$.*/g, '$$$1$$'],
  [/\\text\{(.*?)\}/g, '$1'],
  [/\\textbf\{(.*?)\}/g, '$1'],
  [/\\overline\{(.*?)\}/g, '$1'],
  [/\\boxed\{(.*)\}/g, '$1'],
  [/frac([^{])(.)/g, 'frac{$1}{$2}'],
  [/sqrt([^{])/g, 'sqrt{$1}'],
  [/\$/g, ''],
];

/**
 * One spelling of a final answer: what follows its last «=», without units, spaces and LaTeX ornaments.
 *
 * @example normalizeAnswer('x = 1,234 cm') → '1234'
 */
export function normalizeAnswer(answer: string): string {
  let text = answer.slice(answer.lastIndexOf('=') + 1);
  for (const [from, to] of replaced) text = text.replaceAll(from, to);
  for (const expression of removed) text = text.replaceAll(expression, '');
  for (const [pattern, to] of rewritten) text = text.replace(pattern, to);
  const digits = text.replaceAll(',', '');
  return /^\d+$/.test(digits) ? digits : text.trim();
}

/** What stands in the last \boxed{…} whose braces close; undefined where there is none. */
function lastBoxed(text: string): string | undefined {
  const start = text.lastIndexOf('\\boxed{');
  if (start < 0) return undefined;
  const inner = start + '\\boxed{'.length;
  let open = 1;
  for (let i = inner; i < text.length; i++) {
    if (text[i] === '{') open += 1;
    else if (text[i] === '}' && --open === 0) return text.slice(inner, i);
  }
  return undefined;
}

/**
 * The answer that a response gives: after the last «Answer:», else in the last \boxed{…}; undefined for none.
 *
 * @example statedAnswer('so it is.\nAnswer: 42') → '42'
 */
export function statedAnswer(text: string): string | undefined {
  const lines = [...text.matchAll(/answer\s*:\s*([^\n]+)/gi)];
  return lines.at(-1)?.[1] ?? lastBoxed(text);
}

export default definePlugin({
  kind: 'reward',
  name: 'answer-line',
  role: 'task',
  summary: "Compares the answer after the last «Answer:» with the prompt's reference, both in one spelling.",
  source: {
    title: 'DAPO, rule-based reward (verl math_dapo); spelling: Minerva',
    arxiv: '2503.14476',
    equation: '7',
  },
  departures:
    'A prompt without a reference is not scored. A response without an «Answer:» gives what its last \\boxed{…} holds, as verl ' +
    'at 1dda039 (summer 2026); in older versions of math_dapo (b178a3c, January 2026), unless told to be strict, it gives none.',
  alsoKnownAs: ['math_dapo', 'minerva'],
  provides: ['correct'],
  options,
  create: ({ right, wrong, tail }) => ({
    score: (batch) =>
      batch.map(({ prompt, response }) => {
        if (prompt.reference === undefined) return null;
        const stated = statedAnswer(response.text.slice(-tail));
        const answer = stated === undefined ? null : normalizeAnswer(stated);
        const correct = answer === normalizeAnswer(prompt.reference);
        return { reward: correct ? right : wrong, correct, answer };
      }),
  }),
});
