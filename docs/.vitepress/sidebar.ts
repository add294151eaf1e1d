import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DefaultTheme } from 'vitepress';

const docs = fileURLToPath(new URL('..', import.meta.url));

/** The guides, in the order in which one reads them. */
export const guides: DefaultTheme.SidebarItem[] = [
  {
    text: 'Begin',
    items: [
      { text: 'First run', link: '/guide/first-run' },
      { text: 'Your own data', link: '/guide/your-own-data' },
      { text: 'Metrics of a healthy run', link: '/guide/metrics' },
    ],
  },
  {
    text: 'Make',
    items: [
      { text: 'Your own reward', link: '/guide/your-own-reward' },
      { text: 'Your own technique', link: '/guide/your-own-technique' },
      { text: 'Writing a sampler', link: '/guide/writing-a-sampler' },
      { text: 'Testing', link: '/guide/testing' },
      { text: 'Publishing', link: '/guide/publishing' },
    ],
  },
  {
    text: 'Know',
    items: [
      { text: 'Configuration', link: '/guide/configuration' },
      { text: 'Backends', link: '/guide/backends' },
      { text: 'The DAPO paper, line by line', link: '/guide/the-paper' },
      { text: 'From TRL or verl', link: '/guide/from-trl-or-verl' },
      { text: 'Speed', link: '/guide/speed' },
      { text: 'Architecture', link: '/guide/architecture' },
      { text: 'Contributing', link: '/guide/contributing' },
    ],
  },
];

/** The pages of a folder of docs, newest name first, each under its first heading. */
export function pagesIn(folder: string): DefaultTheme.SidebarItem[] {
  const full = path.join(docs, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full)
    .filter((file) => file.endsWith('.md'))
    .sort()
    .reverse()
    .map((file) => ({
      text: titleOf(path.join(full, file)),
      link: `/${folder}/${file === 'README.md' ? '' : file.slice(0, -3)}`,
    }));
}

/** One closed group for each kind of plugin. */
export function pluginPages(): DefaultTheme.SidebarItem[] {
  const folder = path.join(docs, 'reference/plugins');
  return readdirSync(folder).map((kind) => ({
    text: kind,
    collapsed: true,
    items: readdirSync(path.join(folder, kind)).map((file) => {
      const name = file.slice(0, -'.md'.length);
      return { text: name, link: `/reference/plugins/${kind}/${name}` };
    }),
  }));
}

/** The first heading of a page. */
export function titleOf(file: string): string {
  return /^# (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? path.basename(file, '.md');
}
