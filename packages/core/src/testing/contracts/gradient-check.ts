import type { Kind } from '../../plugin/kinds.js';
import { relativeDistance } from '../finite-difference.js';
import { show } from './compare.js';
import type { Finding } from './contract-check.js';
import type { Rows, TokenBatch } from './token-batch.js';
import { gradient, HeldTotal, type Callable, type Variable } from './token-function.js';

/** With float32, 1e-2 balances rounding and curvature. */
const STEP = 1e-2;
/** Share of the gradient's norm that central differences may be off by. */
const TOLERANCE = 2e-2;

/** A gradient and what central differences make of it, at one token. */
interface Slope {
  readonly row: number;
  readonly token: number;
  readonly gradient: number;
  readonly difference: number;
}

/**
 * Compares the gradient with central differences of the value, what `stopGradient` stops held constant in
 * both. Tokens at a corner of the function, where it has no slope, are left out.
 */
export async function findWrongGradient<K extends Kind>(
  callable: Callable<K>,
  batch: TokenBatch,
  variable: Variable = 'logProbs',
): Promise<Finding> {
  const taken = await gradient(callable, batch, variable);
  const slopes = await slopesOf(callable, batch, variable, taken);
  const wrong = relativeDistance(
    slopes.map((slope) => slope.gradient),
    slopes.map((slope) => slope.difference),
  );
  if (wrong <= TOLERANCE || slopes.length === 0) return undefined;
  const { row, token, gradient: ours, difference: theirs } = worst(slopes);
  return (
    `its gradient is not that of its value: by ${variable} of response ${row}, token ${token}, it is ` +
    `${show(ours)}, and central differences give ${show(theirs)}. Stop gradients on purpose with ` +
    'stopGradient alone, which this check knows, and look for an operation whose gradient is not ' +
    'what it seems (customGrad, tf.abs at 0)'
  );
}

async function slopesOf<K extends Kind>(
  callable: Callable<K>,
  batch: TokenBatch,
  variable: Variable,
  taken: Rows,
): Promise<Slope[]> {
  const total = new HeldTotal(callable);
  const here = await total.at(batch);
  const slopes: Slope[] = [];
  for (const [row, token] of tokensOf(batch)) {
    const above = ((await total.at(moved(batch, variable, row, token, STEP))) - here) / STEP;
    const below = (here - (await total.at(moved(batch, variable, row, token, -STEP)))) / STEP;
    if (isCorner(above, below)) continue;
    slopes.push({ row, token, gradient: taken[row]![token]!, difference: (above + below) / 2 });
  }
  total.dispose();
  return slopes;
}

/** Places inside the mask. */
function tokensOf({ mask }: TokenBatch): [number, number][] {
  return mask.flatMap((row, r) => row.flatMap((counts, t): [number, number][] => (counts === 1 ? [[r, t]] : [])));
}

function moved(batch: TokenBatch, variable: Variable, row: number, token: number, by: number): TokenBatch {
  return {
    ...batch,
    [variable]: batch[variable].map((values, r) => values.map((x, t) => (r === row && t === token ? x + by : x))),
  };
}

/** Slopes from above and below that differ by more than curvature explains. */
function isCorner(above: number, below: number): boolean {
  return Math.abs(above - below) > 0.1 * Math.max(Math.abs(above), Math.abs(below)) + 2e-3;
}

function worst(slopes: readonly Slope[]): Slope {
  const error = ({ gradient: g, difference: d }: Slope): number => (Number.isFinite(g) ? Math.abs(g - d) : Infinity);
  return slopes.reduce((a, b) => (error(b) > error(a) ? b : a));
}
