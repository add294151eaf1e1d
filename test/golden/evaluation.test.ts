import { estimateMean, majorityVote, passAtK, type Estimate } from '@dapo/core';
import { describe, expect, test } from 'vitest';
import { readGolden } from './golden-folder.js';

/** Host arithmetic in float64: golden/README.md. */
const TOLERANCE = 1e-9;

interface ExpectedEstimate {
  readonly value: number;
  readonly standard_error: number | null;
  readonly interval: readonly [number, number] | null;
}
interface EvaluationCase {
  readonly name: string;
  readonly k: number;
  readonly references: readonly string[];
  readonly answers: readonly (readonly (string | null)[])[];
  readonly correct: readonly (readonly number[])[];
  readonly expected: Readonly<
    Record<
      string,
      ExpectedEstimate & {
        votes?: readonly (string | null)[];
        correct?: readonly number[];
        per_problem?: readonly number[];
      }
    >
  >;
}
interface EvaluationFile {
  readonly cases: readonly EvaluationCase[];
  readonly single_answers: readonly (ExpectedEstimate & { readonly problems: number; readonly correct: number })[];
}
interface PassAtKFile {
  readonly cases: readonly { readonly n: number; readonly c: number; readonly k: number; readonly pass_at_k: number }[];
}

function expectNear(received: number, expected: number | null): void {
  if (expected === null) expect(received).toBeNaN();
  else expect(Math.abs(received - expected)).toBeLessThanOrEqual(TOLERANCE);
}

function expectEstimate(received: Estimate, expected: ExpectedEstimate): void {
  expectNear(received.value, expected.value);
  expectNear(received.standardError, expected.standard_error);
  expectNear(received.low, expected.interval && expected.interval[0]);
  expectNear(received.high, expected.interval && expected.interval[1]);
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const file = readGolden('evaluation.json') as EvaluationFile;

describe.each(file.cases)('$name', ({ k, references, answers, correct, expected }) => {
  test.each(Object.entries(expected))('%s', (metric, wanted) => {
    const [kind, count] = metric.split('@') as [string, string];
    if (kind === 'avg') expectEstimate(estimateMean(correct.map((row) => sum(row) / k)), wanted);
    else if (kind === 'pass') {
      const perProblem = correct.map((row) => passAtK(k, sum(row), Number(count)));
      perProblem.forEach((value, i) => expectNear(value, wanted.per_problem![i]!));
      expectEstimate(estimateMean(perProblem), wanted);
    } else {
      expect(kind).toBe('maj');
      const votes = answers.map(majorityVote);
      expect(votes).toEqual(wanted.votes);
      const right = votes.map((vote, i) => (vote !== null && vote === references[i] ? 1 : 0));
      expect(right).toEqual(wanted.correct);
      expectEstimate(estimateMean(right), wanted);
    }
  });
});

test.each(file.single_answers)('$correct of $problems right, one answer each', ({ problems, correct, ...wanted }) => {
  expectEstimate(estimateMean(Array.from({ length: problems }, (_, i) => (i < correct ? 1 : 0))), wanted);
});

test.each((readGolden('pass-at-k.json') as PassAtKFile).cases)(
  'pass@$k of $c right in $n',
  ({ n, c, k, pass_at_k }) => {
    expectNear(passAtK(n, c, k), pass_at_k);
  },
);
