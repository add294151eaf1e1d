import type { Prompt, PromptSource, State } from '../contracts/index.js';
import { dataChanged } from '../errors/prompt-errors.js';
import { permutedIndex } from '../random/permuted-index.js';
import type { Random } from '../random/random.js';

/** A fixed list of prompts, given by a function so that a generated one need not be held in memory. */
export interface PromptList {
  readonly size: number;
  readonly fingerprint: string;
  /** Prompt `index` of the list's own order. */
  at(index: number): Omit<Prompt, 'visit'>;
}

/**
 * Walks a list of prompts again and again, each time in another seeded order and with `visit` + 1. Its state is how far
 * it is; a resume over other data is refused.
 */
export function repeatingSource(list: PromptList, random: Random): PromptSource {
  let visit = 0;
  let position = 0;
  const step = (): Prompt => {
    const prompt = { ...list.at(permutedIndex(position, list.size, random.key('prompts', visit))), visit };
    position += 1;
    if (position === list.size) [visit, position] = [visit + 1, 0];
    return prompt;
  };
  return {
    size: list.size,
    fingerprint: list.fingerprint,
    next: (n) => Promise.resolve(Array.from({ length: n }, step)),
    take: (n) =>
      Promise.resolve(Array.from({ length: Math.min(n, list.size) }, (_, i) => ({ ...list.at(i), visit: 0 }))),
    state: () => ({ json: { visit, position, fingerprint: list.fingerprint } }),
    restore: ({ json }: State) => {
      const saved = json as {
        readonly visit: number;
        readonly position: number;
        readonly fingerprint: string;
      };
      if (saved.fingerprint !== list.fingerprint) throw dataChanged(saved.fingerprint, list.fingerprint);
      ({ visit, position } = saved);
    },
  };
}
