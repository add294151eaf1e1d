import { expect, test } from 'vitest';
import { DapoError, DapoProblems } from '@dapo/core';
import { CommandError } from './command-error.js';
import { describeError } from './report-error.js';
import { coloursOf } from './terminal.js';

const plain = coloursOf({ isTTY: false }, {});
const problem = (name: string): DapoError =>
  new DapoError({ code: 'DAPO_TEST', message: `No ${name}.`, path: `a.${name}`, nearest: 'x' });

test('an error made for people is its text and its code, without a stack', () => {
  expect(describeError(problem('b'), false, plain)).toBe('error: No b. DAPO_TEST\n  where:    at a.b\n  nearest:  x');
  expect(describeError(new CommandError('What?', { code: 'DAPO_CLI_TEST', hint: 'that' }), false, plain)).toBe(
    'error: What? DAPO_CLI_TEST\n  do:       that',
  );
});

test('several problems are listed and counted, one reads like an error', () => {
  const text = describeError(new DapoProblems([problem('b'), problem('c')]), false, plain);
  expect(text.match(/^error: No [bc]\. DAPO_TEST$/gm)).toHaveLength(2);
  expect(text).toMatch(/2 problems found\.$/);
  expect(describeError(new DapoProblems([problem('b')]), false, plain)).toBe(describeError(problem('b'), false, plain));
});

test('anything else is called a bug, and --verbose shows where', () => {
  expect(describeError(new TypeError('x is not a function'), false, plain)).toBe(
    'error: x is not a function\n  This is a bug in dapo or in a plugin. Run it again with --verbose for the stack.',
  );
  expect(describeError(new TypeError('x'), true, plain)).toMatch(/^ {4}at .*report-error\.test/m);
});

test('--verbose shows the stack of the cause', () => {
  const cause = new RangeError('below');
  const error = new DapoError({ code: 'DAPO_TEST', message: 'Above.', cause });
  expect(describeError(error, true, plain)).toContain('caused by: RangeError: below\n    at ');
});

test('colours follow NO_COLOR and FORCE_COLOR before the terminal', () => {
  const red = (isTTY: boolean, env: NodeJS.ProcessEnv): boolean => coloursOf({ isTTY }, env).isColorSupported;
  expect(red(true, {})).toBe(true);
  expect(red(false, {})).toBe(false);
  expect(red(true, { NO_COLOR: '1' })).toBe(false);
  expect(red(true, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false);
  expect(red(false, { FORCE_COLOR: '1' })).toBe(true);
  expect(red(true, { FORCE_COLOR: '0' })).toBe(false);
  expect(red(true, { TERM: 'dumb' })).toBe(false);
});
