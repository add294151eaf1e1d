import type { Group, Prompt, SamplerContext } from '@dapo/core';
import { promptsToTry, type LiveShare } from './live-share.js';

/** What the rounds of a step gave. */
export interface Tried {
  /** In prompt order. */
  readonly groups: readonly Group[];
  readonly rounds: number;
  /** Whether the prompts ran dry. */
  readonly dry: boolean;
}

export interface RoundLimits {
  readonly maxRounds: number;
  /** By default twice the batch. */
  readonly maxPromptsPerRound?: number;
}

export const isKept = ({ verdict }: Group): boolean => verdict === 'keep';

/** Rounds of prompts until `needed` groups are kept, the rounds are used up or the prompts run dry. */
export async function tryPrompts(
  context: SamplerContext,
  needed: number,
  liveShare: LiveShare,
  { maxRounds, maxPromptsPerRound = 2 * context.target }: RoundLimits,
): Promise<Tried> {
  const groups: Group[] = [];
  let rounds = 0;
  let dry = false;
  for (let kept = 0; kept < needed && rounds < maxRounds && !dry; rounds++) {
    const wanted = promptsToTry(needed - kept, liveShare.value, maxPromptsPerRound);
    const prompts = await context.prompts.next(wanted);
    dry = prompts.length < wanted;
    if (prompts.length === 0) break;
    const round = inPromptOrder(await context.rollout(prompts), prompts);
    const live = round.filter(isKept).length;
    liveShare.add(live, round.length);
    groups.push(...round);
    kept += live;
  }
  return { groups, rounds, dry };
}

/** A generator may give groups back as they finish; the order in which they are used must not depend on that. */
function inPromptOrder(groups: readonly Group[], prompts: readonly Prompt[]): Group[] {
  const key = ({ id, visit }: Prompt): string => `${visit} ${id}`;
  const places = new Map(prompts.map((prompt, place) => [key(prompt), place]));
  return [...groups].sort((x, y) => places.get(key(x.prompt))! - places.get(key(y.prompt))!);
}
