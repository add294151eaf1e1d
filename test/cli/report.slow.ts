import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dapo, temporaryFolder, tinyConfig } from './dapo-process.js';
import { findChromium } from './find-chromium.js';

const executablePath = findChromium();
const folder = temporaryFolder({
  'dapo.config.ts': tinyConfig,
  'study.json': JSON.stringify({
    kind: 'list',
    variants: [{ name: '<img src=x onerror=alert(1)>', set: ['loss.clip=clip'] }],
  }),
});
const page = pathToFileURL(path.join(folder, 'study', 'report.html')).href;
const attack =
  '</pre></section><script>document.title="taken"</script><img src="https://evil.example/x.png" onerror="document.title=\'taken\'">\u202e\u0007';
let browser: Browser | undefined;

/** Every answer of every evaluation becomes an attack, as a model might write it. */
function poison(run: string): void {
  for (const step of ['000000', '000001', '000002']) {
    const file = path.join(run, 'evaluations', `step-${step}.jsonl`);
    const problems = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { input: string; reference: string; answers: { text: string }[] });
    for (const problem of problems) {
      problem.input = attack;
      problem.reference = attack;
      for (const answer of problem.answers) answer.text = attack;
    }
    writeFileSync(file, problems.map((problem) => JSON.stringify(problem)).join('\n'));
  }
}

beforeAll(async () => {
  if (executablePath === undefined) return;
  const { code, stderr } = await dapo(
    ['ablate', '--study', 'study.json', '--seeds', '2', '--budget', 'steps=2', '--out', 'study', '--jobs', '2'],
    { cwd: folder },
  );
  expect(code, stderr).toBe(0);
  for (const run of ['config/seed-1', 'img-src=x-onerror=alert-1/seed-1'])
    poison(path.join(folder, 'study', 'runs', run));
  expect((await dapo(['report', 'study', '--title', attack], { cwd: folder })).code).toBe(0);
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});
afterAll(() => browser?.close());

test.skipIf(executablePath === undefined).each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 360],
  ['dark', 360],
] as const)(
  'the report opens in Chromium, %s and %i wide: no error, no request, nothing runs, nothing sticks out',
  async (colorScheme, width) => {
    const view = await browser!.newPage({ colorScheme, viewport: { width, height: 900 } });
    const troubles: string[] = [];
    view.on('console', (message) => troubles.push(`console ${message.type()}: ${message.text()}`));
    view.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
    view.on('dialog', (dialog) => void dialog.dismiss().then(() => troubles.push('dialog')));
    view.on('request', (request) => request.url() !== page && troubles.push(`request: ${request.url()}`));
    await view.goto(page);
    await view.waitForLoadState('networkidle');
    expect(troubles).toEqual([]);
    expect(await view.title()).toContain('</pre></section><script>');
    expect(await view.locator('script, img, iframe').count()).toBe(0);
    expect(await view.locator('.answer').count()).toBeGreaterThan(0);
    expect(await view.locator('figure svg').count()).toBeGreaterThan(8);
    const [needed, background] = (await view.evaluate(
      '[document.documentElement.scrollWidth, getComputedStyle(document.body).backgroundColor]',
    )) as [number, string];
    expect(needed).toBeLessThanOrEqual(width);
    expect(background).toBe(colorScheme === 'dark' ? 'rgb(13, 17, 23)' : 'rgb(255, 255, 255)');
    await view.close();
  },
);
