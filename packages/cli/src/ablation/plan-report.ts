import { availableParallelism } from 'node:os';
import { count, duration } from '../render/format.js';
import { table } from '../render/table.js';
import { MAX_EXACT_FLIPS, signFlipFloor } from '../statistics/sign-flip.js';
import { RunHistory } from '../run-history.js';
import type { StudyBudget } from './budget.js';
import { describeChange } from './config-diff.js';
import { livenessOf } from './liveness.js';
import { estimateSeconds, stepsOf, type Pilot } from './pilot.js';
import type { Plan, PlannedVariant } from './plan.js';
import { ALPHA, isEnough, MIN_SEEDS_FOR_CLAIMS, reachOf } from './verdict.js';

export interface PlanFacts {
  readonly plan: Plan;
  readonly seeds: readonly number[];
  readonly budget: StudyBudget;
  readonly jobs: number;
  readonly out: string;
  /** By variant; empty where no pilot was flown. */
  readonly pilots: ReadonlyMap<string, Pilot>;
}

/** What would be run, what differs, how long it takes, and what could be claimed afterwards. */
export function describePlan(facts: PlanFacts): string {
  const { plan, seeds, budget, jobs, out } = facts;
  const runs = plan.variants.length * seeds.length;
  const some = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
  return [
    `Study ${plan.study}: ${plan.variants.length} variants × ${some(seeds.length, 'seed')} = ${runs} runs of ${budgetText(budget)} each, ${jobs} at a time, into ${out}`,
    '',
    table(
      plan.variants.map((variant, i) => variantRow(variant, i, facts)),
      {
        head: ['variant', 'time', 'what differs'],
        indent: 2,
      },
    ),
    '',
    timeText(facts),
    ...idleLines(facts),
    ...claimLines(seeds.length, plan.comparisons.length),
  ].join('\n');
}

function variantRow(variant: PlannedVariant, i: number, { budget, pilots }: PlanFacts): string[] {
  const changes = (variant.step ?? variant.changes).map(describeChange).join('; ');
  const from = variant.step ? 'since the step before: ' : '';
  const pilot = pilots.get(variant.name);
  const time = pilot ? duration(estimateSeconds(budget, pilot, variant.config.evaluation.every)) : '–';
  return [variant.name, time, i === 0 ? 'the baseline' : `${from}${changes}`];
}

function timeText(facts: PlanFacts): string {
  const seconds = studySeconds(facts);
  if (seconds === undefined) return 'No pilot was flown: how long it takes is not known.';
  const pilots = [...facts.pilots.values()];
  const steps = pilots.map((pilot) => stepsOf(facts.budget, pilot));
  const range = [...new Set([Math.min(...steps), Math.max(...steps)])].map(count).join(' to ');
  return `About ${duration(seconds)} in all, by a pilot of one step of each variant (rollout steps a run: ${range}).`;
}

/** Variants whose change did nothing in the one step of their pilot: worth a look before the hours are spent. */
export function idleLines({ plan, pilots }: Pick<PlanFacts, 'plan' | 'pilots'>): string[] {
  return plan.variants.flatMap(({ name, changes, step }, i) => {
    const other = step ? plan.variants[i - 1] : plan.variants[0];
    const live = livenessOf(step ?? changes, historyOf(pilots.get(name)), historyOf(pilots.get(other?.name ?? '')));
    if (!live || live.share > 0) return [];
    return [
      `«${name}» did nothing in the first step, by ${live.metric}. If that stays so, no gain of it can be measured.`,
    ];
  });
}

function historyOf(pilot: Pilot | undefined): RunHistory[] {
  return pilot ? [new RunHistory([{ kind: 'step', step: 1, metrics: pilot.metrics }])] : [];
}

/** Wall-clock seconds of the whole study; undefined without pilots. Processes share the cores: more jobs than cores gain nothing. */
export function studySeconds(
  { plan, seeds, budget, jobs, pilots }: PlanFacts,
  cores = availableParallelism(),
): number | undefined {
  if (pilots.size < plan.variants.length) return undefined;
  const perSeed = plan.variants.reduce((sum, { name, config }) => {
    return sum + estimateSeconds(budget, pilots.get(name)!, config.evaluation.every);
  }, 0);
  const atATime = Math.min(jobs, plan.variants.length * seeds.length, cores);
  return (perSeed * seeds.length) / atATime;
}

/** Which claims so many seeds can support. */
export function claimLines(seeds: number, comparisons: number): string[] {
  if (!isEnough(seeds)) {
    return [
      `${seeds} seed${seeds === 1 ? '' : 's'}: the single runs are shown and no claim is made; claims begin at ${MIN_SEEDS_FOR_CLAIMS} seeds.`,
    ];
  }
  const { alone, corrected, seedsForHalf } = reachOf(seeds, comparisons);
  return [
    `Claims: ${comparisons} comparisons, paired by seed, paired t with Holm's correction over all ${comparisons}.`,
    `  found at 80 % power: ${corrected.toFixed(2)} sd of the paired differences (${alone.toFixed(2)} for one comparison alone); half of it needs ${count(seedsForHalf)} seeds`,
    signFlipLine(seeds, comparisons),
  ];
}

function signFlipLine(seeds: number, comparisons: number): string {
  if (seeds > MAX_EXACT_FLIPS)
    return `  the exact sign-flip test is not computed: ${MAX_EXACT_FLIPS} seeds are its limit`;
  const floor = Math.min(1, comparisons * signFlipFloor(seeds));
  return floor <= ALPHA
    ? `  the exact sign-flip test, which assumes no normal distribution, can agree: its smallest corrected p is ${floor.toPrecision(2)}`
    : `  the exact sign-flip test can not agree at 0.05: its smallest corrected p is ${floor.toPrecision(2)}; from ${seedsForSignFlip(comparisons)} seeds on it could`;
}

/** Seeds from which on the sign-flip test's floor 2/2ⁿ, times the comparisons, is 0.05 or less. */
export function seedsForSignFlip(comparisons: number): number {
  return Math.ceil(Math.log2((2 * comparisons) / ALPHA));
}

export function budgetText({ unit, amount }: StudyBudget): string {
  const names = {
    tokens: 'generated tokens',
    steps: 'rollout steps',
    updates: 'optimizer steps',
    prompts: 'prompts',
    minutes: 'minutes',
  };
  return `${amount.toLocaleString('en-US')} ${names[unit]}`;
}
