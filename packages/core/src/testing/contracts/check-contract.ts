import type { Backend } from '../../contracts/index.js';
import { DapoError } from '../../errors/dapo-error.js';
import { isPlugin, optionsSchema, type Plugin } from '../../plugin/define-plugin.js';
import type { Kind } from '../../plugin/kinds.js';
import { settling } from '../../plugin/settling.js';
import { registerZeroGradients } from '../../tensors/zero-gradients.js';
import { cpuBackend } from '../cpu-backend.js';
import { noPlugin } from '../testing-errors.js';
import { closingChecks, openingChecks } from './common-checks.js';
import type { ContractCheck, ContractSuite, Finding } from './contract-check.js';
import { Subject, type AnyPlugin, type ContractSettings } from './subject.js';
import { suites } from './suites.js';

/** What a plugin does not hold to. */
export interface ContractFailure {
  /** Which check failed: «is the same however a mini-batch is split». */
  readonly check: string;
  /** Backend that it failed on. */
  readonly backend: string;
  /** What is wrong, and what mends it. */
  readonly message: string;
}

export interface ContractOptions extends ContractSettings {
  /** Backends to run on, started one after the other; by default TensorFlow.js's plain one. */
  readonly backends?: readonly AnyPlugin<'backend'>[];
}

/**
 * What became of a check: nothing found, something found, or not run because another one failed before it.
 */
export interface Outcome {
  readonly finding?: string;
  /** The check that must be mended first. */
  readonly skippedFor?: string;
}

/** A check that can be run, on a backend that has been started. */
export interface RunnableCheck {
  readonly name: string;
  run(options?: { readonly deterministic: boolean }): Promise<Outcome>;
}

/**
 * All that the contract of a plugin's kind asks of it. They are run in order: where one fails that decides
 * whether the others mean anything, those after it are skipped.
 */
export function contractChecks(plugin: AnyPlugin, settings: ContractSettings = {}): readonly RunnableCheck[] {
  if (!isPlugin(plugin)) throw noPlugin(plugin);
  // A kind that there is not has no checks of its own: the first of all says so.
  const suite = (suites[plugin.kind as Kind] ?? { checks: [] }) as unknown as ContractSuite;
  let mendFirst: string | undefined;
  return [...openingChecks(suite), ...suite.checks, ...closingChecks(suite)].map((check) => ({
    name: check.name,
    run: async ({ deterministic } = { deterministic: true }) => {
      if (mendFirst !== undefined) return { skippedFor: mendFirst };
      const finding = await runCheck(check, plugin, settings, deterministic);
      if (finding !== undefined && check.decides) mendFirst = check.name;
      return { finding };
    },
  }));
}

/**
 * Runs the whole contract suite of a plugin's kind on it and gives what it does not hold to; nothing where
 * all is well.
 *
 * @example const failures = await checkContract(plugin, { options: { keep: 2 } });
 */
export async function checkContract(
  plugin: AnyPlugin,
  { backends = [cpuBackend], ...settings }: ContractOptions = {},
): Promise<ContractFailure[]> {
  const failures: ContractFailure[] = [];
  for (const backendPlugin of backends) {
    const backend = await startBackend(backendPlugin);
    for (const check of contractChecks(plugin, settings)) {
      const { finding } = await check.run(backend);
      if (finding !== undefined) failures.push({ check: check.name, backend: backend.name, message: finding });
    }
  }
  return failures;
}

/** Makes a backend TensorFlow.js's current one. */
export async function startBackend(plugin: AnyPlugin<'backend'>): Promise<Backend> {
  const backend = await makeBackend(plugin);
  await backend.start();
  registerZeroGradients();
  return backend;
}

/** A backend that is not started: for asking whether it can be. */
export async function makeBackend(plugin: AnyPlugin<'backend'>): Promise<Backend> {
  return plugin.create(optionsSchema(plugin as Plugin).parse({}), {}) as Backend;
}

async function runCheck(
  check: ContractCheck,
  plugin: Plugin,
  settings: ContractSettings,
  exact: boolean,
): Promise<Finding> {
  let subject: Subject;
  try {
    subject = new Subject(plugin, settings, exact);
  } catch (error) {
    return describeThrown(error);
  }
  const finding = await settling(check.find(subject), {
    plugin: `${plugin.kind} ${plugin.name}`,
    when: 'in a check',
  }).catch(describeThrown);
  const left = await subject.release().catch((error: unknown) => `when it was disposed of, ${describeThrown(error)}`);
  return finding ?? (left || undefined);
}

function describeThrown(error: unknown): string {
  if (error instanceof DapoError) return error.message;
  const text = error instanceof Error ? error.message : String(error);
  const gradient = /gradient function not found for (\w+)/i.exec(text);
  if (gradient) {
    return (
      `it can't be differentiated: TensorFlow.js has no gradient for ${gradient[1]}. Put that into ` +
      'prepare, or behind stopGradient'
    );
  }
  if (text.startsWith('Cannot compute gradient of y=f(x)')) {
    return 'it does not depend on what it is differentiated by (logProbs): nothing would be learned';
  }
  return `it threw: ${text}`;
}
