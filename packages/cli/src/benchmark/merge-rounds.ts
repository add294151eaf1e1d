import type { BaselineFigures } from './report.js';
import { median, ratesOf, timesOf, type Spread } from './spread.js';
import type { StepsResult } from './task.js';

type Timed = Pick<StepsResult, 'update' | 'tokensPerSecond' | 'step' | 'peakRssMiB'>;

/** Several rounds as one: of each the middle value, and the best of all. */
export function mergeRounds(rounds: readonly StepsResult[]): StepsResult {
  return {
    ...rounds.at(-1)!,
    ...mergeTimed(rounds),
    generatedTokens: median(rounds.map(({ generatedTokens }) => generatedTokens)),
    rollout: mergeTimes(rounds.map(({ rollout }) => rollout)),
  };
}

export function mergeBaseline(rounds: readonly BaselineFigures[]): BaselineFigures {
  return { ...rounds.at(-1)!, ...mergeTimed(rounds) };
}

function mergeTimed(rounds: readonly Timed[]): Timed {
  const rates = rounds.map(({ tokensPerSecond }) => tokensPerSecond);
  return {
    update: mergeTimes(rounds.map(({ update }) => update)),
    step: mergeTimes(rounds.map(({ step }) => step)),
    tokensPerSecond:
      rates.length === 1
        ? rates[0]!
        : { ...ratesOf(rates.map((rate) => rate.median)), best: Math.max(...rates.map(({ best }) => best)) },
    peakRssMiB: Math.max(...rounds.map(({ peakRssMiB }) => peakRssMiB)),
  };
}

/** One round keeps the values of its steps. */
function mergeTimes(spreads: readonly Spread[]): Spread {
  if (spreads.length === 1) return spreads[0]!;
  return { ...timesOf(spreads.map((spread) => spread.median)), best: Math.min(...spreads.map(({ best }) => best)) };
}
