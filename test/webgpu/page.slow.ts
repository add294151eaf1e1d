import { readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChromium } from '../cli/find-chromium.js';
import { bundlePage } from './page/bundle.js';

const executablePath = findChromium();
let server: Server | undefined;
let browser: Browser | undefined;
let folder = '';

/** WebGPU in software, where a page gets none without being asked for it. */
const flags = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
];

beforeAll(async () => {
  if (!executablePath) return;
  folder = await bundlePage();
  server = createServer(({ url }, response) => {
    if (url === '/')
      return response.setHeader('content-type', 'text/html').end('<!doctype html><title>training</title>');
    try {
      const file = readFileSync(join(folder, normalize(`/${url}`)));
      return response.setHeader('content-type', 'text/javascript').end(file);
    } catch {
      return response.writeHead(404).end();
    }
  });
  await new Promise<void>((listening) => server!.listen(0, '127.0.0.1', listening));
  browser = await chromium.launch({ executablePath, args: flags });
});

afterAll(async () => {
  await browser?.close();
  server?.close();
  if (folder) rmSync(folder, { recursive: true });
});

interface Trained {
  readonly backend: string;
  readonly metrics: readonly Readonly<Record<string, number>>[];
}

test.skipIf(executablePath === undefined)(
  'five steps of the arithmetic template train in a page of Chromium on webgpu, with finite metrics',
  async ({ skip }) => {
    const page = await browser!.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`http://127.0.0.1:${(server!.address() as AddressInfo).port}/`);
    const adapter = await page.evaluate(async () => {
      const { gpu } = Reflect.get(globalThis, 'navigator') as {
        gpu?: { requestAdapter(): Promise<object | null> };
      };
      return (await gpu?.requestAdapter()) != null;
    });
    if (!adapter) skip('this Chromium finds no WebGPU adapter');
    await page.addScriptTag({ type: 'module', url: '/train-in-page.js' });
    await page.waitForFunction('globalThis.trainInPage');
    page.setDefaultTimeout(0);
    const trained = (await page.evaluate('trainInPage(5, "webgpu")')) as Trained;
    expect(errors).toEqual([]);
    expect(trained.backend).toBe('webgpu');
    expect(trained.metrics).toHaveLength(5);
    const names = Object.keys(trained.metrics[0]!).sort();
    expect(names).toEqual(expect.arrayContaining(['rollout/score', 'update/gradient-norm']));
    for (const metrics of trained.metrics) expect(Object.keys(metrics).sort()).toEqual(names);
    for (const metrics of trained.metrics) {
      expect(Object.entries(metrics).filter(([, value]) => !Number.isFinite(value))).toEqual([]);
    }
  },
);
