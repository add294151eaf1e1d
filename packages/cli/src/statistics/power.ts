import { bisect, incompleteBeta, tCritical } from './student-t.js';

/**
 * Power of a two-sided paired t test with n seeds for a standardised effect (mean difference / sd of the differences).
 * T² is noncentral F(1, ν, δ²) with δ = effect · √n: P(T² ≤ c²) = Σ_j Poisson(j; δ²/2) · I_x(j + ½, ν/2) with
 * x = c²/(ν + c²) (Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2, 30.10). Both tails count.
 *
 * @param critical the |t| from which on the test rejects; by default that of level 0.05
 */
export function powerOfPairedT(effect: number, seeds: number, critical = tCritical(0.05, seeds - 1)): number {
  const degreesOfFreedom = seeds - 1;
  const half = (effect * effect * seeds) / 2;
  const x = critical ** 2 / (degreesOfFreedom + critical ** 2);
  let weight = Math.exp(-half);
  let missed = 0;
  for (let j = 0; weight > 0 && (j <= half || weight > 1e-16); j++) {
    missed += weight * incompleteBeta(x, j + 0.5, degreesOfFreedom / 2);
    weight *= half / (j + 1);
  }
  return 1 - missed;
}

/**
 * The smallest standardised effect that n seeds find with the given power. Times the sd of the differences it is the
 * smallest difference that a study could have shown.
 */
export function smallestEffect(seeds: number, power = 0.8, alpha = 0.05): number {
  const critical = tCritical(alpha, seeds - 1);
  let high = 1;
  while (powerOfPairedT(high, seeds, critical) < power) high *= 2;
  return bisect((effect) => powerOfPairedT(effect, seeds, critical) >= power, 0, high);
}

/** How many seeds find a standardised effect with the given power; at least 2. Infinity from 10,000 on. */
export function seedsNeeded(effect: number, power = 0.8, alpha = 0.05): number {
  const enough = (seeds: number): boolean =>
    powerOfPairedT(Math.abs(effect), seeds, tCritical(alpha, seeds - 1)) >= power;
  let high = 2;
  while (!enough(high)) {
    high *= 2;
    if (high > 10_000) return Number.POSITIVE_INFINITY;
  }
  let low = high / 2;
  if (high === 2) return 2;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
