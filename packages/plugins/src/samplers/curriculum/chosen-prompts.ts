import type { Prompt, PromptSource } from '@dapo/core';

/** Rounds of candidates after which they are taken as they come: a source may have nothing better. */
const MOST_ROUNDS = 100;

/** Prompts of a source, each taken by chance. */
export class ChosenPrompts {
  skipped = 0;

  constructor(
    private readonly source: PromptSource,
    /** The chance of each candidate. */
    private readonly chances: (candidates: readonly Prompt[]) => Promise<ArrayLike<number>>,
    private readonly uniform: (prompt: Prompt) => number,
  ) {}

  /** As many as asked for; fewer only where the source runs dry. */
  async next(n: number): Promise<Prompt[]> {
    const chosen: Prompt[] = [];
    for (let round = 0; chosen.length < n; round++) {
      const candidates = await this.source.next(n - chosen.length);
      if (candidates.length === 0) break;
      const chances = await this.chances(candidates);
      const taken = candidates.filter((prompt, i) => round >= MOST_ROUNDS || this.uniform(prompt) < chances[i]!);
      this.skipped += candidates.length - taken.length;
      chosen.push(...taken);
    }
    return chosen;
  }
}
