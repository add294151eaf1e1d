import path from 'node:path';
import { optionsSchema, tf, type Plugin } from '@dapo/core';
import { contractChecks, cpuBackend, loadPlugins, startBackend, type AnyPlugin } from '@dapo/core/testing';
import manifest from '@dapo/plugins';
import { unknownBackend } from '../command-error.js';
import { exitCodes } from '../exit-codes.js';
import { describeError } from '../report-error.js';
import { ownPluginFiles, refuseOtherThanPlugin } from '../scaffold/own-plugin-files.js';
import { badOptions, noPluginIn } from '../scaffold/scaffold-errors.js';
import { coloursOf, print, printAside, printJson } from '../terminal.js';

interface TestOptions {
  readonly options?: string;
  readonly backend?: string;
  readonly json?: true;
}

/** What one plugin does on one backend. */
interface Verdict {
  readonly file: string;
  readonly plugin: string;
  readonly backend: string;
  readonly checks: number;
  readonly failures: readonly { readonly check: string; readonly message: string }[];
  /** Not run, because another must be mended first. */
  readonly skipped: number;
}

/** Runs the contract suites of plugin files on the backends that this machine has. */
export async function testPlugins(files: readonly string[], { options, backend, json }: TestOptions): Promise<void> {
  const settings = options === undefined ? {} : { options: parsedOptions(options) };
  const plugins = await pluginsIn(files.length > 0 ? files : ownPluginFiles());
  // Otherwise TensorFlow.js advertises its binding for Node at the first use of the plain backend.
  tf.env().set('IS_TEST', true);
  const verdicts: Verdict[] = [];
  for (const backendPlugin of await backendsAtHand(backend)) {
    for (const { file, plugin } of plugins) {
      const verdict = await examine(file, plugin, backendPlugin, settings);
      verdicts.push(verdict);
      if (!json) print(describe(verdict));
    }
  }
  if (json) printJson(verdicts);
  if (verdicts.some(({ failures }) => failures.length > 0)) process.exitCode = exitCodes.failed;
}

async function examine(
  file: string,
  plugin: Plugin,
  backendPlugin: AnyPlugin<'backend'>,
  settings: object,
): Promise<Verdict> {
  const backend = await startBackend(backendPlugin);
  const checks = contractChecks(plugin, settings);
  const failures: { check: string; message: string }[] = [];
  let skipped = 0;
  for (const check of checks) {
    const { finding, skippedFor } = await check.run(backend);
    if (finding !== undefined) failures.push({ check: check.name, message: finding });
    if (skippedFor !== undefined) skipped += 1;
  }
  return {
    file,
    plugin: `${plugin.kind} ${plugin.name}`,
    backend: backendPlugin.name,
    checks: checks.length,
    failures,
    skipped,
  };
}

function describe({ file, plugin, backend, checks, failures, skipped }: Verdict): string {
  const { bold, dim, green, red } = coloursOf(process.stdout);
  const head = `${bold(plugin)} on ${backend} ${dim(file)}`;
  if (failures.length === 0) return `${green('holds')} ${head}: ${checks} checks`;
  const rest = skipped > 0 ? `, ${skipped} not run before ${failures.length === 1 ? 'it is' : 'they are'} mended` : '';
  const lines = failures.map(({ check, message }) => `  ${check}: ${message}`);
  return [`${red('broken')} ${head}: ${failures.length} of ${checks} checks${rest}`, ...lines].join('\n');
}

interface FoundPlugin {
  readonly file: string;
  readonly plugin: Plugin;
}

/** The plugins of some files. Of many one that can't be loaded is told and doesn't keep the others from being tested. */
async function pluginsIn(files: readonly string[]): Promise<FoundPlugin[]> {
  const found: FoundPlugin[] = [];
  for (const file of files) {
    try {
      found.push(...(await pluginsOf(file)).map((plugin) => ({ file, plugin })));
    } catch (error) {
      if (files.length === 1) throw error;
      process.exitCode = exitCodes.failed;
      printAside(`${file}: ${describeError(error, false, coloursOf(process.stderr))}\n`);
    }
  }
  return found;
}

async function pluginsOf(file: string): Promise<readonly Plugin[]> {
  refuseOtherThanPlugin(file);
  const plugins = await loadPlugins(path.resolve(file), process.cwd());
  if (plugins.length === 0) throw noPluginIn(file);
  return plugins;
}

/** The plain one, and those of the shipped ones that can be started here; or the one that is named. */
async function backendsAtHand(wanted: string | undefined): Promise<AnyPlugin<'backend'>[]> {
  const shipped = Object.values(manifest.plugins.backend ?? {});
  const known = [cpuBackend as AnyPlugin<'backend'>];
  for (const load of shipped) known.push((await load()).default as AnyPlugin<'backend'>);
  if (wanted !== undefined) {
    const named = known.filter(({ name }) => name === wanted);
    if (named.length === 0)
      throw unknownBackend(
        wanted,
        known.map(({ name }) => name),
      );
    return named;
  }
  const availability = await Promise.all(known.map(isAvailable));
  return known.filter((_, i) => availability[i]);
}

async function isAvailable(plugin: AnyPlugin<'backend'>): Promise<boolean> {
  const backend = await plugin.create(optionsSchema(plugin as Plugin).parse({}) as never, {});
  return (await backend.available()).ok;
}

function parsedOptions(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // The error below says the same of text that is no JSON and of JSON that is no object.
  }
  throw badOptions(text);
}
