import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChromium } from '../cli/find-chromium.js';
import { root } from './documented-configs.js';

const site = mkdtempSync(path.join(tmpdir(), 'dapo-site-'));

beforeAll(() => {
  const vitepress = path.join(root, 'node_modules/vitepress/bin/vitepress.js');
  const own = Object.entries(process.env).filter(([key]) => !/^(VITEST|NODE_ENV|TEST)/.test(key));
  execFileSync(process.execPath, [vitepress, 'build', 'docs', '--outDir', site], {
    cwd: root,
    env: Object.fromEntries(own),
    stdio: 'pipe',
  });
});
afterAll(() => rmSync(site, { recursive: true, force: true }));

const pages = (): string[] =>
  readdirSync(site, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.html') && file !== '404.html' && !file.includes(`json${path.sep}`),
  );

test('each page has its Markdown beside it, and llms.txt names it', () => {
  const list = readFileSync(path.join(site, 'llms.txt'), 'utf8');
  const whole = readFileSync(path.join(site, 'llms-full.txt'), 'utf8');
  expect(list).toMatch(/^# DAPO\n\n> .+\n\n## Start\n/);
  expect(pages().length).toBeGreaterThan(80);
  for (const page of pages()) {
    const twin = page.replace(/html$/, 'md');
    const text = readFileSync(path.join(site, twin), 'utf8');
    expect(text, twin).toMatch(/^# .+$/m);
    expect(text, twin).not.toContain('@include');
    expect(list, twin).toContain(`](/${twin})`);
    expect(whole, twin).toContain(text.trim());
    expect(readFileSync(path.join(site, page), 'utf8'), page).toContain(`type="text/markdown" href="/${twin}"`);
  }
});

test('the site loads nothing from elsewhere', () => {
  for (const page of pages()) {
    const loaded = readFileSync(path.join(site, page), 'utf8').match(
      /<(?:script|img)[^>]*\ssrc="https?:[^"]*"|<link[^>]*rel="(?:stylesheet|preload|modulepreload|icon)"[^>]*href="https?:[^"]*"/g,
    );
    expect([page, loaded]).toEqual([page, null]);
  }
  expect(existsSync(path.join(site, 'reference/json/index.html'))).toBe(true);
});

const executablePath = findChromium();
if (!executablePath) console.log('site: no Chromium; how wide its pages are is not looked at');

test.skipIf(!executablePath)('no page is wider than a telephone', async () => {
  const browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width: 400, height: 800 } });
    await page.route('**/*', async (route) => {
      const file = path.join(site, decodeURIComponent(new URL(route.request().url()).pathname));
      await (existsSync(file) ? route.fulfill({ path: file }) : route.abort());
    });
    const wide: string[] = [];
    for (const file of pages()) {
      await page.goto(`http://dapo.test/${file}`);
      const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      if (over > 0) wide.push(`${file}: ${String(over)} px`);
    }
    expect(wide).toEqual([]);
  } finally {
    await browser.close();
  }
});
