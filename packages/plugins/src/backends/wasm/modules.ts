import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { DapoError } from '@dapo/core';

/** What is used here of the WebAssembly API, whose types TypeScript keeps in its DOM library. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
  validate(bytes: Uint8Array): boolean;
};

/** The functions of one of our compiled modules (packages/plugins/wasm), at work in the given memory. */
export function loadModule<Functions>(name: string, memory: object): Functions {
  return instantiate(new WebAssembly.Module(moduleBytes(name)), memory);
}

/** The same for a module that uses relaxed SIMD; undefined where the engine has none. */
export function loadRelaxedModule<Functions>(name: string, memory: object): Functions | undefined {
  const bytes = moduleBytes(name);
  return withRelaxedSimd(() =>
    WebAssembly.validate(bytes) ? instantiate(new WebAssembly.Module(bytes), memory) : undefined,
  );
}

/** Node 20 has relaxed SIMD behind a flag that works at run time; later versions have it without. */
function withRelaxedSimd<T>(compile: () => T): T {
  // To a V8 that doesn't know the flag it would be an error printed to stderr.
  const flagged = process.versions.v8.startsWith('11.');
  if (flagged) setFlagsFromString('--experimental-wasm-relaxed-simd');
  try {
    return compile();
  } finally {
    if (flagged) setFlagsFromString('--no-experimental-wasm-relaxed-simd');
  }
}

function instantiate<Functions>(module: object, memory: object): Functions {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as Functions;
}

/** From src/ as from dist/, the compiled modules are at packages/plugins/wasm. */
function moduleBytes(name: string): Uint8Array {
  const url = new URL(`../../../wasm/${name}.wasm`, import.meta.url);
  try {
    return readFileSync(url);
  } catch (cause) {
    throw new DapoError({
      code: 'DAPO_BACKEND_KERNELS_MISSING',
      message: `The compiled kernels «${name}» of the wasm backend can't be read.`,
      expected: url.pathname,
      hint: 'In a clone of the repository, run: node scripts/build-kernels.mjs',
      cause,
    });
  }
}
