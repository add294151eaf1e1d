import { defineConfig } from 'vitepress';
import { guides, pagesIn, pluginPages } from './sidebar.js';
import { writeMarkdown } from './write-markdown.js';

const summary =
  'A plugin-based engine for reinforcement learning of language models, in TypeScript. Every technique is a plugin.';

export default defineConfig({
  title: 'DAPO',
  description: summary,
  lang: 'en',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  // The generated pages and the experiments are read on GitHub, too, where README.md is the page of a folder.
  rewrites: {
    'reference/README.md': 'reference/index.md',
    'experiments/README.md': 'experiments/index.md',
    'studies/README.md': 'studies/index.md',
  },
  markdown: {
    theme: { light: 'github-light', dark: 'github-dark' },
    languageAlias: { jsonl: 'json' },
    // «{ step: number }» at the end of a cell is a type, no attribute.
    attrs: { disable: true },
  },
  // The folder of schemas, which the build puts beside the pages.
  ignoreDeadLinks: [/^\.\/json$/],
  themeConfig: {
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    nav: [
      { text: 'Guide', link: '/guide/first-run', activeMatch: '^/guide/' },
      { text: 'Reference', link: '/reference/', activeMatch: '^/reference/' },
      {
        text: 'Experiments',
        link: pagesIn('experiments')[0]?.link ?? '/',
        activeMatch: '^/(experiments|studies)/',
      },
    ],
    sidebar: {
      '/guide/': guides,
      '/reference/': [
        {
          text: 'Reference',
          items: ['plugins', 'presets', 'metrics', 'events', 'errors'].map((page) => ({
            text: `${page[0]!.toUpperCase()}${page.slice(1)}`,
            link: `/reference/${page}`,
          })),
        },
        ...pluginPages(),
      ],
      '/experiments/': [
        { text: 'Experiments', items: pagesIn('experiments') },
        { text: 'Studies', items: pagesIn('studies') },
      ].filter(({ items }) => items.length > 0),
    },
    docFooter: { prev: 'Before', next: 'Next' },
    footer: {
      message: 'Apache-2.0. Each page is there as Markdown too: .md instead of .html; all of them: llms.txt',
    },
  },
  // Generated tables are wide, and their pages short: no outline beside them.
  transformPageData: ({ relativePath, frontmatter }) =>
    relativePath.startsWith('reference/') ? { frontmatter: { ...frontmatter, aside: false } } : undefined,
  transformHead: ({ page }) => [
    ['link', { rel: 'alternate', type: 'text/markdown', href: `/${page}`, title: 'This page as Markdown' }],
  ],
  buildEnd: (site) => writeMarkdown(site, { title: 'DAPO', summary }),
});
