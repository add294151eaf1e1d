/** Coefficients of Lanczos' approximation for g = 7 (Godfrey), good to about 1e-15. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln Γ(x) for x ≥ 0.5. */
function logGamma(x: number): number {
  const base = x + 6.5;
  const series = LANCZOS.reduce((sum, coefficient, i) => sum + (i === 0 ? coefficient : coefficient / (x - 1 + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(series);
}

/**
 * The regularised incomplete beta function I_x(a, b), for a, b ≥ 0.5: Lentz' evaluation of its continued fraction
 * (DLMF 8.17.22), on the side of the mean where that converges fast.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const logFront = a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b);
  return Math.exp(logFront) / (a * betaFraction(x, a, b));
}

function betaFraction(x: number, a: number, b: number): number {
  let fraction = 1;
  let c = 1;
  let d = 0;
  for (let i = 1; i <= 10_000; i++) {
    const m = i >> 1;
    const term =
      i % 2 === 0
        ? (m * (b - m) * x) / ((a + i - 1) * (a + i))
        : (-(a + m) * (a + b + m) * x) / ((a + i - 1) * (a + i));
    d = 1 / (1 + term * d);
    c = 1 + term / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return fraction;
}

/** P(|T| ≥ |t|) of Student's t: I_{ν/(ν+t²)}(ν/2, ½). */
export function tTwoSidedP(t: number, degreesOfFreedom: number): number {
  return incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);
}

/** The t with P(|T| ≥ t) = p, by bisection: 2.776… for p = 0.05 and 4 degrees of freedom. */
export function tCritical(p: number, degreesOfFreedom: number): number {
  let high = 1;
  while (tTwoSidedP(high, degreesOfFreedom) > p) high *= 2;
  return bisect((t) => tTwoSidedP(t, degreesOfFreedom) <= p, 0, high);
}

/** The smallest number between low and high from which on `holds` is true. */
export function bisect(holds: (x: number) => boolean, low: number, high: number): number {
  let [from, to] = [low, high];
  while (to - from > 1e-13 * to) {
    const middle = (from + to) / 2;
    if (middle === from || middle === to) break;
    if (holds(middle)) to = middle;
    else from = middle;
  }
  return to;
}
