/** What an expression comes to, and the numbers in it from left to right. */
export interface Evaluated {
  readonly value: number;
  readonly numbers: readonly number[];
}

/** No expression in a response is deeper, and a hostile one must not overflow the stack. */
const DEEPEST = 20;

/**
 * Evaluates whole numbers joined by +, − and * with parentheses, by the usual precedence; undefined for any other text.
 * Nothing is ever run: the text is a model's, so it is read symbol by symbol.
 *
 * Grammar: sum = product (('+' | '-') product)* · product = factor ('*' factor)* · factor = number | '(' sum ')'
 *
 * @example evaluate('(3+5)*7') → { value: 56, numbers: [3, 5, 7] }
 */
export function evaluate(text: string): Evaluated | undefined {
  const symbols = text.match(/\d+|[^\d]/g) ?? [];
  const numbers: number[] = [];
  let at = 0;
  let depth = 0;

  const sum = (): number => {
    let value = product();
    while (symbols[at] === '+' || symbols[at] === '-') value += symbols[at++] === '+' ? product() : -product();
    return value;
  };
  const product = (): number => {
    let value = factor();
    while (symbols[at] === '*') {
      at += 1;
      value *= factor();
    }
    return value;
  };
  /** NaN for what is no factor; it stays NaN in everything that contains it. */
  const factor = (): number => {
    const symbol = symbols[at++] ?? '';
    if (/^\d{1,9}$/.test(symbol)) {
      numbers.push(Number(symbol));
      return Number(symbol);
    }
    if (symbol !== '(' || ++depth > DEEPEST) return NaN;
    const value = sum();
    depth -= 1;
    return symbols[at++] === ')' ? value : NaN;
  };

  const value = sum();
  return Number.isNaN(value) || at !== symbols.length ? undefined : { value, numbers };
}
