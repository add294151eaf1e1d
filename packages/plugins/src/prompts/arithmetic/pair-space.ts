import { Random } from '@dapo/core';

/** An inclusive range of whole numbers. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export interface Split {
  readonly side: 'train' | 'heldOut';
  /** Share of the pairs that are held out, 0 to 1. */
  readonly heldOutShare: number;
}

/** Pairs of numbers on one side of a split, as a bijection from 0 … size−1. */
export interface PairSpace {
  readonly size: number;
  at(index: number): readonly [number, number];
}

const CLASSES = 1024;
const hash = new Random(0).key('arithmetic-split');

function classOf(n: number): number {
  return hash.bits(n) % CLASSES;
}

/**
 * Every pair (a, b) of two ranges that lies on one side of the split, countable and addressable without listing them.
 *
 * A pair is held out where (class a + class b) mod 1024 is below heldOutShare · 1024. That depends on the two numbers
 * alone, so sources of any ranges are disjoint, and not on their order, so a mirrored sum stays on the same side.
 */
export function pairSpace(left: Range, right: Range, { side, heldOutShare }: Split): PairSpace {
  const cut = Math.round(heldOutShare * CLASSES);
  const [begin, width] = side === 'heldOut' ? [0, cut] : [cut, CLASSES - cut];
  const rights = sortedByClass(right);
  const firstClass = (a: number): number => (((begin - classOf(a)) % CLASSES) + CLASSES) % CLASSES;

  const lefts = left.max - left.min + 1;
  const before = new Float64Array(lefts + 1);
  for (let i = 0; i < lefts; i++)
    before[i + 1] = before[i]! + countWithin(rights.offsets, firstClass(left.min + i), width);

  return {
    size: before[lefts]!,
    at: (index) => {
      const row = rowOf(before, index);
      const a = left.min + row;
      const place = rights.offsets[firstClass(a)]! + (index - before[row]!);
      return [a, rights.numbers[place % rights.numbers.length]!];
    },
  };
}

/** The numbers of a range in order of their class; `offsets[c]` counts those of classes below c. */
function sortedByClass({ min, max }: Range): { readonly numbers: Int32Array; readonly offsets: Int32Array } {
  const offsets = new Int32Array(CLASSES + 1);
  for (let n = min; n <= max; n++) offsets[classOf(n) + 1]! += 1;
  for (let c = 0; c < CLASSES; c++) offsets[c + 1]! += offsets[c]!;
  const numbers = new Int32Array(max - min + 1);
  const next = offsets.slice();
  for (let n = min; n <= max; n++) numbers[next[classOf(n)]!++] = n;
  return { numbers, offsets };
}

/** How many numbers have one of `width` classes from `first` on, round the circle of classes. */
function countWithin(offsets: Int32Array, first: number, width: number): number {
  const end = first + width;
  if (end <= CLASSES) return offsets[end]! - offsets[first]!;
  return offsets[CLASSES]! - offsets[first]! + offsets[end - CLASSES]!;
}

/** The last row that starts at or before `index` (binary search). */
function rowOf(before: Float64Array, index: number): number {
  let low = 0;
  let high = before.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (before[middle]! <= index) low = middle;
    else high = middle;
  }
  return low;
}
