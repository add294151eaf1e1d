import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { kernelsMissing } from '../../backend-errors.js';

/** What is used here of the WebAssembly API, whose types TypeScript keeps in its DOM library. */
declare const WebAssembly: {
  readonly Module: (new (bytes: Uint8Array) => object) & {
    exports(module: object): readonly { readonly name: string; readonly kind: string }[];
  };
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
  validate(bytes: Uint8Array): boolean;
};

export interface CompiledModule {
  readonly name: string;
  readonly module: object;
}

/** One of our modules (packages/plugins/wasm), compiled for a memory that is shared with other threads, or isn't. */
export function compileModule(name: string, shared: boolean): CompiledModule {
  return { name, module: new WebAssembly.Module(moduleBytes(name, shared)) };
}

/** The same for a module that uses relaxed SIMD; undefined where the engine has none. */
export function compileRelaxedModule(name: string, shared: boolean): CompiledModule | undefined {
  const bytes = moduleBytes(name, shared);
  return withRelaxedSimd(() =>
    WebAssembly.validate(bytes) ? { name, module: new WebAssembly.Module(bytes) } : undefined,
  );
}

/** The functions of a module at work in the given memory. */
export function instantiate<Functions>({ module }: CompiledModule, memory: object): Functions {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as Functions;
}

/** Names of a module's functions, in an order that each thread sees alike. */
export function functionNames({ module }: CompiledModule): readonly string[] {
  return WebAssembly.Module.exports(module).map(({ name }) => name);
}

/** The functions of one of our compiled modules, at work in the given memory. */
export function loadModule<Functions>(name: string, memory: { readonly buffer: ArrayBufferLike }): Functions {
  return instantiate(compileModule(name, isShared(memory)), memory);
}

export function isShared({ buffer }: { readonly buffer: ArrayBufferLike }): boolean {
  return buffer instanceof SharedArrayBuffer;
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

/** From src/ as from dist/, the compiled modules are at packages/plugins/wasm. */
export function moduleFile(name: string, shared: boolean): URL {
  return new URL(`../../../wasm/${name}${shared ? '.shared' : ''}.wasm`, import.meta.url);
}

function moduleBytes(name: string, shared: boolean): Uint8Array {
  const url = moduleFile(name, shared);
  try {
    return readFileSync(url);
  } catch (cause) {
    throw kernelsMissing(name, url.pathname, cause);
  }
}
