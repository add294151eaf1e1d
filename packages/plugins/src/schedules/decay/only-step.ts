import { type PluginRemark, type ResolvedConfig, stepsOfRun, type StepUnit } from '@dapo/core';

export interface DecayOptions {
  readonly warmUp: number;
  readonly warmUpUnit: StepUnit;
  readonly steps?: number;
  readonly minimum: number;
}

const START = { rolloutStep: 0, optimizerStep: 0, fraction: 0 };

/** What a decay has to say where its first step is its last one: that has the lowest factor, and no other is taken. */
export function onlyStepIsLowest(
  { warmUp, warmUpUnit, steps, minimum }: DecayOptions,
  config: ResolvedConfig,
): PluginRemark[] {
  const length = steps ?? stepsOfRun(config, START, warmUpUnit);
  if (length !== 1 || warmUp > 0 || minimum === 1) return [];
  return [
    {
      level: 'warning',
      message: `The decay is one step long, and its last step has the lowest factor, ${minimum}: the learning rate is never higher.`,
      hint: 'Take the schedule constant, or a longer run.',
    },
  ];
}
