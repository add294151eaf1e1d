import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { type CompiledModule, compileModule, moduleFile } from './modules.js';

/** Versions of V8 of which it is known by trial that joining vectors works and doesn't abort the process: Node 24. */
const TESTED = ['13.6'];

/**
 * Flags around one compilation. It must be done at once and by the optimising compiler, or the pass that joins vectors
 * never sees it; with inlining some versions abort.
 */
const ON = '--experimental-wasm-revectorize --no-liftoff --no-wasm-lazy-compilation --no-wasm-inlining';
const OFF = '--no-experimental-wasm-revectorize --liftoff --wasm-lazy-compilation --wasm-inlining';

/** From how many times as fast on the wide kernel is taken: joined it is about 2, not joined below 1. */
const WORTH_IT = 1.2;
const PROBE_LIMIT_MS = 20_000;

export type Revectorized = { readonly modules: readonly CompiledModule[] } | { readonly reason: string };

/**
 * The modules with products 16 columns wide, compiled with V8's pass that makes two vectors of 128 bits one of 256. A trial
 * in a child process says whether that works here; its result is remembered for this Node and processor.
 */
export function compileRevectorized(shared: boolean): Revectorized {
  const { v8 } = process.versions;
  if (!TESTED.some((version) => v8.startsWith(`${version}.`))) {
    return { reason: `vectors of 256 bits are tested on Node 24, about twice as fast; this is ${process.version}` };
  }
  const factor = remembered(`${v8} ${process.arch} ${cpus()[0]?.model}`, () => tryInChild(probeArguments()));
  if (factor === undefined)
    return { reason: 'vectors of 256 bits could not be tried this time; the next start tries again' };
  if (factor < WORTH_IT) return { reason: 'vectors of 256 bits were tried and are no gain on this machine' };
  setFlags(ON);
  try {
    return { modules: [compileModule('dense-wide', shared), compileModule('decode-wide', shared)] };
  } finally {
    setFlags(OFF);
  }
}

function setFlags(flags: string): void {
  flags.split(' ').forEach((flag) => setFlagsFromString(flag));
}

function probeArguments(): string[] {
  const probe = fileURLToPath(new URL('../../../workers/revectorize-probe.mjs', import.meta.url));
  const files = ['dense-relaxed', 'dense-wide', 'decode-wide'].map((name) => fileURLToPath(moduleFile(name, true)));
  return [probe, ...files, ON, OFF];
}

/**
 * How many times as fast the wide kernel is: what a Node with these arguments prints, or 0 where it ends by itself and
 * says that the kernel is wrong; undefined where it was ended, or could not be started: that says nothing of the kernel.
 */
export function tryInChild(args: readonly string[], timeout = PROBE_LIMIT_MS): number | undefined {
  try {
    const out = execFileSync(process.execPath, args, { env: {}, timeout, stdio: ['ignore', 'pipe', 'ignore'] });
    return Number(out.toString()) || 0;
  } catch (error) {
    return typeof (error as { readonly status?: unknown }).status === 'number' ? 0 : undefined;
  }
}

/**
 * A number from the file where such trials are remembered, or a new one. Where none was found, or nothing can be written, it
 * is looked for anew the next time.
 */
export function remembered(key: string, find: () => number | undefined): number | undefined {
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'dapo');
  const file = join(folder, 'revectorize.json');
  let known: Record<string, number> = {};
  try {
    known = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
  } catch {
    // Not there yet, or not ours: written anew below.
  }
  if (typeof known[key] === 'number') return known[key];
  const found = find();
  if (found === undefined) return undefined;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, JSON.stringify({ ...known, [key]: found }));
  } catch {
    // A read-only home: the trial is repeated next time.
  }
  return found;
}
