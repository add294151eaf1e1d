/**
 * The exponent p of y = c · xᵖ, by least squares of the logarithms; NaN where fewer than two different points are above 0.
 *
 * @example exponent([[1, 3], [2, 12], [4, 48]]) → 2
 */
export function exponent(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.filter(([x, y]) => x > 0 && y > 0).map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (of: 0 | 1): number => logs.reduce((sum, point) => sum + point[of], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  const above = logs.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  const below = logs.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  return below > 0 ? above / below : NaN;
}
