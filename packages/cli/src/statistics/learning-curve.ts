export interface CurvePoint {
  /** Rollout steps, or tokens: whatever the curve runs over. Ascending. */
  readonly step: number;
  readonly value: number;
}

/** Area under a curve by the trapezoid rule; 0 for a single point. */
export function areaUnder(curve: readonly CurvePoint[]): number {
  return curve
    .slice(1)
    .reduce((area, { step, value }, i) => area + ((step - curve[i]!.step) * (value + curve[i]!.value)) / 2, 0);
}

/** Area / (last step − first step): the mean height, how fast a run learned. NaN for fewer than two points. */
export function normalizedArea(curve: readonly CurvePoint[]): number {
  const first = curve.at(0);
  const last = curve.at(-1);
  if (!first || !last || first === last) return NaN;
  return areaUnder(curve) / (last.step - first.step);
}

/** The value at a step, between two points by a straight line; before the first and after the last one theirs. */
export function valueAt(curve: readonly CurvePoint[], step: number): number {
  const next = curve.findIndex((point) => point.step >= step);
  if (next === -1) return curve.at(-1)?.value ?? NaN;
  const after = curve[next]!;
  const before = curve[next - 1] ?? after;
  if (after.step === before.step) return after.value;
  return before.value + ((after.value - before.value) * (step - before.step)) / (after.step - before.step);
}

/** The first step whose value reaches the threshold; undefined where none does. */
export function firstStepAtOrAbove(curve: readonly CurvePoint[], threshold: number): number | undefined {
  return curve.find(({ value }) => value >= threshold)?.step;
}
