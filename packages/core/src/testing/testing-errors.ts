import { DapoError } from '../errors/dapo-error.js';

/** Numbers that differ by more than their tolerance. */
export function notClose(where: string, expected: string, received: string): DapoError {
  return new DapoError({
    code: 'DAPO_TEST_NOT_CLOSE',
    message: `${where} differs from what was expected.`,
    expected,
    received,
  });
}

/** A contract suite was handed something else than a plugin. */
export function noPlugin(received: unknown): DapoError {
  return new DapoError({
    code: 'DAPO_TEST_CONTRACT_NO_PLUGIN',
    message: 'The contract suite was handed something that is no plugin.',
    expected: 'what definePlugin gives',
    received: typeof received,
  });
}

/** The plugin has an option without a default, and the suite no value for it. */
export function optionsDoNotFit(label: string, issues: string): DapoError {
  return new DapoError({
    code: 'DAPO_TEST_CONTRACT_OPTIONS',
    message: `${label} can't be made with the options that the suite has.`,
    received: issues,
    hint: 'hand it options that fit: describeContract(plugin, { options: { … } })',
  });
}

/** What `create` gave can't be a part of a run. */
export function noInstance(label: string, received: unknown): DapoError {
  return new DapoError({
    code: 'DAPO_TEST_CONTRACT_INSTANCE',
    message: `${label}: its create gave no object.`,
    expected: 'an object with the functions of its contract, or a promise of one',
    received: String(received),
  });
}

/** A dependency of the author's own. */
export function noStandIn(label: string, name: string, token: string): DapoError {
  return new DapoError({
    code: 'DAPO_TEST_CONTRACT_DEPENDENCY',
    message: `${label} asks for «${name}», and the suite has no stand-in for it.`,
    received: token,
    hint: `hand it one: describeContract(plugin, { deps: { ${name}: … } })`,
  });
}

/** A slot for a kind that has no plain plugin. */
export function noPart(label: string, slot: string, kind: string): DapoError {
  return new DapoError({
    code: 'DAPO_TEST_CONTRACT_PART',
    message: `${label} has a slot «${slot}», and the suite has no plain ${kind} for it.`,
    hint: `hand it a plugin: describeContract(plugin, { parts: { ${slot}: … } })`,
  });
}

/** What a check has found. */
export function contractBroken(label: string, check: string, finding: string): DapoError {
  return new DapoError({
    code: 'DAPO_TEST_CONTRACT_BROKEN',
    message: `${label} does not hold to «${check}»: ${finding}`,
  });
}

/** Neither vitest nor global `describe` and `test`. */
export function noRunner(): DapoError {
  return new DapoError({
    code: 'DAPO_TEST_CONTRACT_NO_RUNNER',
    message: 'There is no test runner to write the tests of a contract for.',
    expected: 'vitest, or a runner with global describe and test',
    hint: 'run the file with vitest, hand over { runner: { describe, test } }, or use checkContract(plugin)',
  });
}

/** Told apart from what a sampler itself throws. */
export class Endless extends DapoError {}

/** A sampler that goes on asking. */
export function endless(asked: string): Endless {
  return new Endless({
    code: 'DAPO_TEST_CONTRACT_ENDLESS',
    message: `It has asked for ${asked} in one step and goes on.`,
  });
}
