/** Gradients that arrive at one token. */
export interface TokenGradients {
  readonly token: number;
  /** ∂objective/∂log π(token). */
  readonly logProb: number;
  /** ∂objective/∂entropy. */
  readonly entropy: number;
}

/** Probabilities of one cell of a logit table [V], at a temperature; in float64. */
export function softmaxRow(
  table: ArrayLike<number>,
  cell: number,
  vocabulary: number,
  temperature: number,
): Float64Array {
  let largest = -Infinity;
  for (let v = 0; v < vocabulary; v++) largest = Math.max(largest, table[cell + v]! / temperature);
  const out = new Float64Array(vocabulary);
  let sum = 0;
  for (let v = 0; v < vocabulary; v++) sum += out[v] = Math.exp(table[cell + v]! / temperature - largest);
  return out.map((value) => value / sum);
}

/**
 * The chain rule by hand: ∂log π(a)/∂z_v = (1[v = a] − p_v) / τ and ∂H/∂z_v = −p_v (log p_v + H) / τ, added into
 * `gradient` at the cell.
 */
export function tableGradient(
  gradient: Float32Array,
  table: ArrayLike<number>,
  cell: number,
  vocabulary: number,
  temperature: number,
  { token, logProb, entropy }: TokenGradients,
): void {
  const p = softmaxRow(table, cell, vocabulary, temperature);
  const h = -p.reduce((sum, q) => sum + q * Math.log(q), 0);
  for (let v = 0; v < vocabulary; v++) {
    const chosen = (v === token ? 1 : 0) - p[v]!;
    const spread = -p[v]! * (Math.log(p[v]!) + h);
    gradient[cell + v]! += (logProb * chosen + entropy * spread) / temperature;
  }
}
