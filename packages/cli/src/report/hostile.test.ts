import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import type { Block } from './document.js';
import { toHtml } from './to-html.js';
import { toMarkdown } from './to-markdown.js';

const attacks = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '</pre></style></title><script src=//evil.example></script>',
  "' onmouseover='alert(1)",
  '<!-- --><svg onload=alert(1)>',
  '[click](javascript:alert(1)) ![](//evil.example/x.png)',
  '``` \n</details><script>alert(1)</script>\n```',
  '| a | b |\n|---|---|',
  '\u0000\u0007\u001b[31m \u202egnitirw',
  '&lt;script&gt;',
];

/** Each attack everywhere that a text can stand. */
const blocksOf = (text: string): Block[] => [
  { kind: 'heading', level: 1, text },
  { kind: 'lead', text },
  { kind: 'text', text },
  { kind: 'list', items: [text] },
  { kind: 'code', text },
  { kind: 'table', title: text, head: [text, 'x'], rows: [[text, '1']] },
  {
    kind: 'figures',
    figures: [{ name: 'a', title: text, description: text, svg: '<svg viewBox="0 0 1 1"></svg>', width: 300 }],
  },
  {
    kind: 'completions',
    prompts: [{ prompt: text, reference: text, answers: [{ variant: text, text, correct: true, finish: 'length' }] }],
  },
  { kind: 'folded', summary: text, text },
];

/** Elements that the report itself makes. */
const own =
  /^(html|head|meta|title|link|style|body|main|h1|p|ul|li|pre|code|div|table|caption|thead|tbody|tr|th|td|figure|figcaption|svg|section|small|b|details|summary)$/;

test.each(attacks)('in HTML it is text, and nothing else: %j', (text) => {
  const html = toHtml(text, blocksOf(text));
  const { document } = parseHTML(html) as unknown as {
    document: {
      querySelectorAll(
        selector: string,
      ): Iterable<{ localName: string; attributes: Iterable<{ name: string }>; textContent: string }>;
    };
  };
  const elements = [...document.querySelectorAll('*')];
  expect(elements.filter(({ localName }) => !own.test(localName)).map(({ localName }) => localName)).toEqual([]);
  const names = new Set(elements.flatMap(({ attributes }) => [...attributes].map(({ name }) => name)));
  expect([...names].filter((name) => name.startsWith('on') || name === 'src')).toEqual([]);
  expect(html).not.toMatch(/[\u0000\u0007\u001b\u202e]/);
});

test.each(attacks)('in Markdown it is text, and nothing else: %j', (text) => {
  const lines = toMarkdown(
    blocksOf(text).filter(({ kind }) => kind !== 'code' && kind !== 'folded' && kind !== 'completions'),
    'figures',
  );
  expect(lines).not.toMatch(/<(?!br)/);
  expect(lines).not.toMatch(/(?<!\\)\]\((?!figures\/a\.svg\))/);
});

test('a fence in Markdown is longer than any that stands within', () => {
  expect(toMarkdown([{ kind: 'code', text: '````\n</script>' }], 'figures')).toBe('`````\n````\n</script>\n`````\n');
});

test('the content security policy allows no script, and no network', () => {
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(toHtml('x', []))![1]!;
  expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'; img-src data:;/);
  expect(policy).not.toMatch(/script|unsafe|http/);
});
