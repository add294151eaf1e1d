import type { Progress } from '../contracts/index.js';
import type { BudgetSettings, RolloutSettings, UpdateSettings } from './resolved-config.js';
import { updatesPerRollout } from './updates-per-rollout.js';

/** What a schedule counts. */
export type StepUnit = 'rollout-steps' | 'optimizer-steps';

/**
 * How many steps a run will have had when its budget is used up: N of a schedule that ends with the run. Known where
 * rollout steps alone bound it; where tokens, prompts, updates or minutes do, extrapolated from the share that is used
 * up, so that (t + 1) / N is that share, and Infinity as long as it is 0.
 *
 * @param progress before the step t that is counted in `unit`
 * @example stepsOfRun({ …, budget: { rolloutSteps: 100, generatedTokens: 1e6, … } }, { rolloutStep: 4, optimizerStep: 19, fraction: 0.1 }, 'optimizer-steps') → 200
 */
export function stepsOfRun(
  config: {
    readonly rollout: Pick<RolloutSettings, 'prompts' | 'groupSize'>;
    readonly update: Pick<UpdateSettings, 'miniBatch' | 'epochs'>;
    readonly budget: BudgetSettings;
  },
  { rolloutStep, optimizerStep, fraction }: Progress,
  unit: StepUnit,
): number {
  const perRollout = unit === 'rollout-steps';
  const { rolloutSteps, optimizerSteps, generatedTokens, prompts, minutes } = config.budget;
  if (optimizerSteps + generatedTokens + prompts + minutes === 0) {
    return rolloutSteps * (perRollout ? 1 : updatesPerRollout(config));
  }
  return ((perRollout ? rolloutStep : optimizerStep) + 1) / fraction;
}
