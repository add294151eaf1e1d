/**
 * Counter-based random numbers: every number is a function of (seed, purpose, words, index) and never the next of a
 * stream, so a sample is the same however a batch is ordered, refilled, split or resumed, and there is no generator
 * state to save.
 */

const TO_UNIT = 2 ** -32;

/** MurmurHash3's mixing of one 32-bit word into a 32-bit state. */
function absorb(state: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  let h = state ^ Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

/** MurmurHash3's finaliser: every input bit reaches every output bit. */
function finish(state: number): number {
  let h = state ^ (state >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function absorbText(state: number, text: string): number {
  let h = absorb(state, text.length);
  for (let i = 0; i < text.length; i++) h = absorb(h, text.charCodeAt(i));
  return h;
}

/** The numbers of one key, by index. Two independent 32-bit lanes stand behind it. */
export class RandomKey {
  constructor(
    private readonly a: number,
    private readonly b: number,
  ) {}

  /** A key below this one. */
  at(...words: readonly (string | number)[]): RandomKey {
    let { a, b } = this;
    for (const word of words) {
      if (typeof word === 'string') {
        a = absorbText(a, word);
        b = absorbText(b ^ 0x5bd1e995, word);
      } else {
        a = absorb(a, word | 0);
        b = absorb(b ^ 0x5bd1e995, word | 0);
      }
    }
    return new RandomKey(a, b);
  }

  /** Number `index` of this key: an integer in [0, 2³²). */
  bits(index: number): number {
    return finish(absorb(finish(absorb(this.a, index)), this.b)) >>> 0;
  }

  /** Number `index` of this key: uniform in (0, 1), never an end. */
  uniform(index: number): number {
    return (this.bits(index) + 0.5) * TO_UNIT;
  }

  /** Number `index` of this key: an integer in [0, n). */
  integer(index: number, n: number): number {
    return Math.floor(this.uniform(index) * n);
  }

  /** Number `index` of this key: standard normal (Box-Muller). */
  normal(index: number): number {
    const radius = Math.sqrt(-2 * Math.log(this.uniform(2 * index)));
    return radius * Math.cos(2 * Math.PI * this.uniform(2 * index + 1));
  }

  /** A permutation of 0 … n−1 (Fisher-Yates). */
  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i, i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }
}

/** Purposes whose numbers no roll-back changes: evaluations are compared over a run, and its prompts keep their order. */
const STEADY: readonly string[] = ['evaluation', 'prompts'];

/** The root of a run's random numbers. */
export class Random {
  private readonly first: RandomKey;
  private readonly root: RandomKey;

  /** @param attempt another one gives other numbers for the same seed: what a run draws after a roll-back */
  constructor(
    readonly seed: number,
    attempt = 0,
  ) {
    this.first = new RandomKey(seed | 0, Math.floor(seed / 2 ** 32) | 0);
    this.root = attempt === 0 ? this.first : this.first.at('attempt', attempt);
  }

  /** The key of a purpose ('rollout', 'mini-batches', …) and whatever tells its uses apart. */
  key(purpose: string, ...words: readonly (string | number)[]): RandomKey {
    return (STEADY.includes(purpose) ? this.first : this.root).at(purpose, ...words);
  }
}
