import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isBuiltin } from 'node:module';
import { build, type Plugin } from 'esbuild';

const source = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/**
 * What of the plugins touches files imports Node's modules, and calls none of them in a run without files: in the
 * bundle they are names that throw once called.
 */
const withoutNode: Plugin = {
  name: 'without-node',
  setup(builder) {
    builder.onResolve({ filter: /^[a-z:_/0-9]+$/ }, ({ path }) =>
      path.startsWith('node:') || isBuiltin(path) || path === 'webgpu'
        ? { path, namespace: 'without-node' }
        : undefined,
    );
    builder.onLoad({ filter: /.*/, namespace: 'without-node' }, ({ path }) => ({
      contents: `module.exports = new Proxy(function () {}, {
        get: (target, name) => name === '__esModule' || name === 'then' ? undefined : name === 'prototype' ? target.prototype : module.exports,
        apply: () => { throw new Error('${path} is not there in a page'); },
        construct: () => { throw new Error('${path} is not there in a page'); },
      });`,
    }));
  },
};

/** Bundles the engine, the plugins and the training in the page into a folder. */
export async function bundlePage(): Promise<string> {
  const outdir = mkdtempSync(join(tmpdir(), 'dapo-page-'));
  await build({
    entryPoints: [source('test/webgpu/page/train-in-page.ts')],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
    alias: {
      '@dapo/core': source('packages/core/src/index.ts'),
      '@dapo/plugins': source('packages/plugins/src/index.ts'),
    },
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [withoutNode],
  });
  return outdir;
}
