import type { Group } from '@dapo/core';
import { isKept, type Tried } from './try-prompts.js';

/** Keeps groups without a gradient, to fill a batch up with: every response has the same score. */
export function takeZeroGroups(groups: readonly Group[], count: number): void {
  const zero = groups.filter(({ verdict, responses }) => verdict === 'drop' && haveEqualScores(responses));
  for (const group of zero.slice(0, count)) [group.verdict, group.reason] = ['keep', undefined];
}

function haveEqualScores(responses: Group['responses']): boolean {
  return responses.length > 0 && responses.every(({ score }) => score === responses[0]!.score);
}

/**
 * Why a batch isn't full.
 *
 * @param carried groups of the batch that an earlier step has sampled
 * @example '5 of 32 groups (rounds: 10, prompts: 320); dropped: all right 250, all wrong 65'
 */
export function describeExhaustion({ groups, rounds, dry }: Tried, target: number, carried = 0): string {
  const reasons = new Map<string, number>();
  for (const { verdict, reason = 'no reason given' } of groups) {
    if (verdict === 'drop') reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const dropped = [...reasons].map(([reason, count]) => `${reason} ${count}`).join(', ') || 'none';
  const kept = carried + groups.filter(isKept).length;
  const end = dry ? ', and the prompts ran dry' : '';
  return `${kept} of ${target} groups (rounds: ${rounds}, prompts: ${groups.length}${end}); dropped: ${dropped}`;
}
