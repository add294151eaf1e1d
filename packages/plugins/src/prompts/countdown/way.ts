export type Operation = '+' | '-' | '*';

/** A way to join numbers, from left to right: ((a ∘ b) ∘ c) ∘ d, one operation fewer than numbers. */
export interface Way {
  readonly numbers: readonly number[];
  readonly operations: readonly Operation[];
}

/** One operation on two numbers. */
export const compute: Readonly<Record<Operation, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
};

/** What a way comes to. */
export function valueOf({ numbers, operations }: Way): number {
  return numbers.slice(1).reduce((value, number, i) => compute[operations[i]!](value, number), numbers[0]!);
}

/**
 * A way as an expression with the parentheses that it needs.
 *
 * @example expressionOf({ numbers: [3, 5, 7], operations: ['+', '*'] }) → '(3+5)*7'
 */
export function expressionOf({ numbers, operations }: Way): string {
  return numbers.slice(1).reduce((expression, number, i) => {
    const isSum = i > 0 && operations[i - 1] !== '*';
    const left = operations[i] === '*' && isSum ? `(${expression})` : expression;
    return `${left}${operations[i]}${number}`;
  }, String(numbers[0]));
}
