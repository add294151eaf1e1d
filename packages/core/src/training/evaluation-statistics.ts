/** 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

export interface Estimate {
  readonly value: number;
  /** NaN for fewer than two values. */
  readonly standardError: number;
  /** Ends of the 95 % interval, not cut to [0, 1]. */
  readonly low: number;
  readonly high: number;
}

/** Mean over problems with a normal 95 % interval; sd with ddof 1 (lm-evaluation-harness mean_stderr). NaN of none. */
export function estimateMean(values: readonly number[]): Estimate {
  const n = values.length;
  const value = values.reduce((a, b) => a + b, 0) / n;
  const squares = values.reduce((sum, x) => sum + (x - value) ** 2, 0);
  const standardError = n < 2 ? NaN : Math.sqrt(squares / (n - 1) / n);
  return { value, standardError, low: value - Z * standardError, high: value + Z * standardError };
}

/**
 * The unbiased estimator of pass@k from n samples of which c are right: 1 − C(n − c, k) / C(n, k)
 * (Chen et al. 2021, arXiv 2107.03374 eq. 1).
 */
export function passAtK(n: number, c: number, k: number): number {
  if (n - c < k) return 1;
  let miss = 1;
  for (let i = n - c + 1; i <= n; i++) miss *= 1 - k / i;
  return 1 - miss;
}

/** Of right answers to a problem, 0 to 1; null where none could be scored. */
export type Share = number | null;

/** Mean difference after − before, paired over the problems that both have a share of. */
export function pairedGain(before: readonly Share[], after: readonly Share[]): Estimate {
  const differences = after.flatMap((value, i) => {
    const earlier = before[i] ?? null;
    return value === null || earlier === null ? [] : [value - earlier];
  });
  return estimateMean(differences);
}

/** Of answers as an evaluation keeps them. */
export function shareOf(answers: readonly { readonly correct: boolean; readonly score: number | null }[]): Share {
  const scored = answers.filter(({ score }) => score !== null);
  return scored.length === 0 ? null : scored.filter(({ correct }) => correct).length / scored.length;
}

/**
 * The answer seen most often; among equally frequent ones the one seen first (lm-evaluation-harness
 * MajorityVoteFilter). null is an answer that could not be parsed; it votes like any other.
 */
export function majorityVote(answers: readonly (string | null)[]): string | null {
  const votes = new Map<string | null, number>();
  for (const answer of answers) votes.set(answer, (votes.get(answer) ?? 0) + 1);
  const most = Math.max(...votes.values());
  return [...votes].find(([, count]) => count === most)?.[0] ?? null;
}
