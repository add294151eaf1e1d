import type { RandomKey } from './random.js';

const ROUNDS = 4;

/**
 * Where index `index` goes in a pseudo-random permutation of 0 … size−1, without listing it: a Feistel network over
 * ⌈√size⌉ × ⌈√size⌉, walked until it lands below `size`.
 *
 * @param size up to 2⁵²
 * @example [0, 1, 2, 3].map((i) => permutedIndex(i, 4, key)) is some order of 0, 1, 2, 3
 */
export function permutedIndex(index: number, size: number, key: RandomKey): number {
  const side = Math.ceil(Math.sqrt(size));
  let at = index;
  do {
    let left = Math.floor(at / side);
    let right = at % side;
    for (let round = 0; round < ROUNDS; round++) {
      [left, right] = [right, (left + key.bits(right * ROUNDS + round)) % side];
    }
    at = left * side + right;
  } while (at >= size);
  return at;
}
