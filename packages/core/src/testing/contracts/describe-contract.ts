import { cpuBackend } from '../cpu-backend.js';
import { contractBroken, noRunner } from '../testing-errors.js';
import {
  contractChecks,
  makeBackend,
  startBackend,
  type ContractOptions,
  type RunnableCheck,
} from './check-contract.js';
import type { AnyPlugin } from './subject.js';

/** What a running test may be told; vitest and node:test have it. */
interface TestContext {
  skip?(reason?: string): void;
}

/** What of a test runner is used. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  test(name: string, body: (context?: TestContext) => Promise<void>): unknown;
}

export interface DescribeOptions extends ContractOptions {
  /**
   * `describe` and `test` of another runner, such as node:test; by default those of vitest, or the global
   * ones.
   */
  readonly runner?: TestRunner;
}

/** Asked for inside vitest alone: elsewhere it need not be there, and `checkContract` works without it. */
const vitest = environment()['VITEST']
  ? await import('vitest').then(
      ({ describe, test }): TestRunner => ({ describe, test }),
      () => undefined,
    )
  : undefined;

/**
 * Writes the tests that the contract of a plugin's kind asks for: shapes, masks, padding, order, gradients,
 * edge cases, leaks, state, determinism. A test that fails says what is wrong and what mends it.
 *
 * @example
 *   import { describeContract } from '@dapo/core/testing';
 *   import plugin from './my-clip-rule.js';
 *   describeContract(plugin);
 */
export function describeContract(
  plugin: AnyPlugin,
  { runner = foundRunner(), backends = [cpuBackend], ...settings }: DescribeOptions = {},
): void {
  const label = `${plugin.kind} ${plugin.name}`;
  for (const backend of backends) {
    runner.describe(`${label}, on ${backend.name},`, () => {
      for (const check of contractChecks(plugin, settings)) {
        runner.test(check.name, (context) => runAsTest(label, check, backend, context));
      }
    });
  }
}

async function runAsTest(
  label: string,
  check: RunnableCheck,
  backendPlugin: AnyPlugin<'backend'>,
  context?: TestContext,
): Promise<void> {
  const available = await (await makeBackend(backendPlugin)).available();
  if (!available.ok) return context?.skip?.(`${available.reason} ${available.remedy}`);
  const { finding, skippedFor } = await check.run(await startBackend(backendPlugin));
  if (skippedFor !== undefined) return context?.skip?.(`mend first: ${skippedFor}`);
  if (finding !== undefined) throw contractBroken(label, check.name, finding);
}

function foundRunner(): TestRunner {
  const { describe, test } = globalThis as Partial<TestRunner>;
  const found = vitest ?? (describe && test ? { describe, test } : undefined);
  if (found) return found;
  throw noRunner();
}

function environment(): Readonly<Record<string, string | undefined>> {
  const { process } = globalThis as {
    readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> };
  };
  return process?.env ?? {};
}
