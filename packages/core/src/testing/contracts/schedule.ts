import type { Progress, Schedule } from '../../contracts/index.js';
import { difference, show } from './compare.js';
import { findFirst, type ContractSuite, type Finding } from './contract-check.js';

/** From the start over the budget of the stand-in config, and beyond it. */
const RUN: readonly Progress[] = Array.from({ length: 15 }, (_, step) => ({
  rolloutStep: step,
  optimizerStep: 8 * step,
  fraction: Math.min(1, step / 10),
}));

const factorsOf = (schedule: Schedule, progress: readonly Progress[]): number[] =>
  progress.map((at) => schedule.factor(at));

export const scheduleContract: ContractSuite<'schedule'> = {
  methods: ['factor'],
  use: async (schedule, _, turn) => factorsOf(schedule, RUN.slice(turn)),
  checks: [
    {
      name: 'gives factors that are finite and not negative',
      find: async (subject) => {
        const schedule = await subject.create();
        return findFirst(RUN, async (at) => findBadFactor(schedule.factor(at), at));
      },
    },
    {
      name: 'depends on the progress alone',
      find: async (subject) => {
        const schedule = await subject.create();
        const found = difference(factorsOf(schedule, RUN), factorsOf(schedule, [...RUN].reverse()).reverse());
        return (
          found &&
          `asked in another order it gives other factors: ${found}. A resumed run asks in the ` +
            'middle: compute the factor from progress, and remember nothing'
        );
      },
    },
  ],
};

function findBadFactor(factor: number, { rolloutStep, optimizerStep }: Progress): Finding {
  if (Number.isFinite(factor) && factor >= 0) return undefined;
  return (
    `after ${rolloutStep} rollout steps (${optimizerStep} updates) its factor is ${show(factor)}: a ` +
    'number from 0 on, beyond the budget as well'
  );
}
