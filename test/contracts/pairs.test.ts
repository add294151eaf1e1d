import { describe, expect, test } from 'vitest';
import { everyCombination, everyPair, expectToTrain, pairsOf, settingsOf, type Combination } from './combinations.js';

/** Few combinations in which every pair stands at least once: the one with most new pairs, again and again. */
function coveringCombinations(): Combination[] {
  const missing = new Set(everyPair);
  const chosen: Combination[] = [];
  while (missing.size > 0) {
    const gain = (combination: Combination): number => pairsOf(combination).filter((pair) => missing.has(pair)).length;
    const best = everyCombination.reduce((a, b) => (gain(b) > gain(a) ? b : a));
    for (const pair of pairsOf(best)) missing.delete(pair);
    chosen.push(best);
  }
  return chosen;
}

describe('every pair of clip rule, aggregation, ratio level and advantage trains three steps with finite metrics', () => {
  test.each(coveringCombinations().map((combination) => [settingsOf(combination)]))('%j', expectToTrain);

  test('with these, no pair is left out', () => {
    expect(new Set(coveringCombinations().flatMap(pairsOf))).toEqual(everyPair);
  });
});
