import type { BudgetSettings, PriceSettings } from '../config/resolved-config.js';
import type { Json } from '../contracts/index.js';
import type { Progress } from '../contracts/index.js';

/** How much of one bound of its budget a run has used. */
export interface BudgetUse {
  readonly part: keyof BudgetSettings;
  readonly used: number;
  readonly bound: number;
}

/** What a run has used up so far. Schedules run on optimizer steps, budgets on whatever the user names. */
export class Counters {
  rolloutSteps = 0;
  generationRounds = 0;
  promptsSeen = 0;
  optimizerSteps = 0;
  generatedTokens = 0;
  /** Wall-clock seconds of training, over all resumes. */
  seconds = 0;
  /** Times that a guard sent the run back: part of the random numbers, so that it doesn't repeat what went wrong. */
  rollBacks = 0;

  constructor(private readonly prices: PriceSettings) {}

  /** Tokens and hours times the user's prices. */
  get money(): number {
    return (this.generatedTokens / 1e6) * this.prices.perMillionTokens + (this.seconds / 3600) * this.prices.perHour;
  }

  progress(budget: BudgetSettings): Progress {
    return { rolloutStep: this.rolloutSteps, optimizerStep: this.optimizerSteps, fraction: this.used(budget) };
  }

  /** Share of the budget that is used up, 0 to 1: that of its scarcest part. */
  used(budget: BudgetSettings): number {
    const { used, bound } = this.scarcest(budget);
    return Math.min(1, used / bound);
  }

  /** The part of the budget of which the largest share is used up. */
  scarcest(budget: BudgetSettings): BudgetUse {
    const uses: readonly BudgetUse[] = [
      { part: 'rolloutSteps', used: this.rolloutSteps, bound: budget.rolloutSteps },
      { part: 'optimizerSteps', used: this.optimizerSteps, bound: budget.optimizerSteps },
      { part: 'generatedTokens', used: this.generatedTokens, bound: budget.generatedTokens },
      { part: 'prompts', used: this.promptsSeen, bound: budget.prompts },
      { part: 'minutes', used: this.seconds / 60, bound: budget.minutes },
    ];
    const bounded = uses.filter(({ bound }) => bound > 0);
    return bounded.reduce((scarcest, use) => (use.used / use.bound > scarcest.used / scarcest.bound ? use : scarcest));
  }

  state(): Record<string, number> {
    const { rolloutSteps, generationRounds, promptsSeen, optimizerSteps, generatedTokens, seconds, rollBacks } = this;
    return { rolloutSteps, generationRounds, promptsSeen, optimizerSteps, generatedTokens, seconds, rollBacks };
  }

  restore(state: Json): void {
    const saved = state as Record<string, number>;
    for (const name of Object.keys(this.state()) as (keyof ReturnType<Counters['state']>)[]) {
      Object.assign(this, { [name]: saved[name] ?? 0 });
    }
  }
}
