import { z, type RandomKey } from '@dapo/core';

const share = z.number().min(0).max(1);

/** How the writer of the warm-start texts works: in four styles, and with slips. */
export const workingOptions = z.strictObject({
  direct: share.default(0.1).describe('share that writes the answer at once'),
  columns: share.default(0.35).describe('share that writes each column, from the right: «11,9,3#391»'),
  check: share.default(0.2).describe('share that does the columns twice and trusts the second time'),
  spelled: share.default(0.35).describe('share that spells each column out: «4+7=11,5+3+1=9#91»'),
  forgottenCarry: share.default(0.4).describe('chance that a carry is forgotten'),
  wrongDigit: share.default(0.25).describe('chance that a column is off by one'),
  wrongCopy: share.default(0.05).describe('chance that a digit of the answer is copied wrongly'),
});
export type WorkingOptions = z.output<typeof workingOptions>;

interface Sum {
  readonly a: number;
  readonly b: number;
  readonly operation: '+' | '-' | '*';
}
interface Column {
  readonly x: number;
  readonly y: number;
  readonly carry: number;
  readonly result: number;
}
/** The next uniform number. */
type Draw = () => number;

/**
 * How a hurried person would write a sum out: the columns from the right, then «#» and the answer. Most slips are
 * forgotten carries, so that a model of these texts knows the way and still errs.
 *
 * @example columnWorking({ a: 154, b: 237, operation: '+' }, options, key) → '11,9,3#391'
 */
export function columnWorking({ a, b, operation }: Sum, options: WorkingOptions, key: RandomKey): string {
  let index = 0;
  const draw: Draw = () => key.uniform(index++);
  const style = draw() * (options.direct + options.columns + options.check + options.spelled);
  const sign = operation === '-' ? -1 : 1;
  let columns = workColumns(a, b, sign, options, draw);
  let working = '';
  if (style >= options.direct + options.columns + options.check) {
    working = columns.map((column) => spell(column, sign)).join(',');
  } else if (style >= options.direct) {
    working = results(columns);
    if (style >= options.direct + options.columns) {
      columns = workColumns(a, b, sign, options, draw);
      working += `;${results(columns)}`;
    }
  }
  return `${working}#${copy(answerOf(columns, sign), options, draw)}`;
}

function results(columns: readonly Column[]): string {
  return columns.map(({ result }) => result).join(',');
}

function spell({ x, y, carry, result }: Column, sign: number): string {
  const operator = sign > 0 ? '+' : '-';
  return `${x}${operator}${y}${carry > 0 ? `${operator}1` : ''}=${result}`;
}

function workColumns(a: number, b: number, sign: number, options: WorkingOptions, draw: Draw): Column[] {
  const columns: Column[] = [];
  let carry = 0;
  for (let power = 1; power <= Math.max(a, b, 1); power *= 10) {
    const x = Math.floor(a / power) % 10;
    const y = Math.floor(b / power) % 10;
    const used = carry > 0 && draw() < options.forgottenCarry ? 0 : carry;
    const slip = draw() < options.wrongDigit ? (draw() < 0.5 ? -1 : 1) : 0;
    const value = x + sign * (y + used) + slip;
    const result = sign > 0 ? Math.min(19, Math.max(0, value)) : (value + 20) % 10;
    carry = sign > 0 ? Math.floor(result / 10) : value < 0 ? 1 : 0;
    columns.push({ x, y, carry: used, result });
  }
  return columns;
}

/** Reads the answer off the columns: their last digits from left to right, the last carry in front. */
function answerOf(columns: readonly Column[], sign: number): string {
  const digits = columns
    .map(({ result }) => result % 10)
    .reverse()
    .join('');
  const overflow = sign > 0 && columns.at(-1)!.result > 9 ? '1' : '';
  return String(Number(overflow + digits));
}

function copy(answer: string, { wrongCopy }: WorkingOptions, draw: Draw): string {
  if (draw() >= wrongCopy) return answer;
  const at = Math.floor(draw() * answer.length);
  return answer.slice(0, at) + String(1 + Math.floor(draw() * 9)) + answer.slice(at + 1);
}
