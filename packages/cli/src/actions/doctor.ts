import os from 'node:os';
import { isDapoError, optionsSchema, tf, type Backend, type BackendAvailability, type Plugin } from '@dapo/core';
import manifest from '@dapo/plugins';
import { unknownBackend } from '../command-error.js';
import { measureProduct } from '../measure-product.js';
import { renderReport, type DoctorReport, type FoundBackend } from '../render/doctor-report.js';
import { coloursOf, print, printJson, widthOf } from '../terminal.js';

interface DoctorOptions {
  readonly backend?: string;
  readonly json?: true;
}

/** Looks at the machine and its tensor backends, and measures the one that a run would take. */
export async function examine({ backend: wanted, json }: DoctorOptions): Promise<void> {
  const loaders = manifest.plugins.backend ?? {};
  const chosen = wanted ?? defaultBackend();
  const load = loaders[chosen];
  if (!load) throw unknownBackend(chosen, Object.keys(loaders));
  const backends: FoundBackend[] = [];
  for (const name of Object.keys(loaders)) {
    const backend = await create((await loaders[name]!()).default as Plugin<'backend'>);
    backends.push({ name, ...flatten(await backend.available()) });
  }
  const report: DoctorReport = {
    machine: machine(),
    backends,
    chosen,
    why: wanted === undefined ? 'the default; a config names another as backend' : '--backend',
    ...(await measure(await create((await load()).default as Plugin<'backend'>))),
  };
  if (json) printJson(report);
  else print(renderReport(report, coloursOf(process.stdout), widthOf(process.stdout)));
}

function defaultBackend(): string {
  const { backend } = manifest.defaults ?? {};
  return typeof backend === 'string' ? backend : 'wasm';
}

/** With the options it has when a config gives none. */
async function create(plugin: Plugin<'backend'>): Promise<Backend> {
  return plugin.create(optionsSchema(plugin).parse({}), {});
}

function flatten(availability: BackendAvailability): Omit<FoundBackend, 'name'> {
  if (availability.ok) return { available: true, detail: availability.detail };
  return { available: false, detail: availability.reason, remedy: availability.remedy };
}

/** The speed of the chosen backend, or why it has none. */
async function measure(backend: Backend): Promise<Pick<DoctorReport, 'facts' | 'gigaflops' | 'failure'>> {
  try {
    const facts = await backend.start();
    return { facts, gigaflops: await measureProduct() };
  } catch (error) {
    if (isDapoError(error)) return { failure: error.message };
    throw error;
  }
}

function machine(): DoctorReport['machine'] {
  return {
    node: process.version,
    platform: `${os.platform()} ${os.arch()}`,
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    freeGiB: Math.round(os.freemem() / 2 ** 30),
    tensorflowJs: tf.version['tfjs'] ?? 'unknown',
  };
}
