import type { RolloutSettings, UpdateSettings } from './resolved-config.js';

/**
 * Optimizer steps of one full rollout: ⌈prompts · groupSize / miniBatch⌉ · epochs. With 1, the ratio of the first and
 * only update is 1, and no clip rule acts.
 *
 * @example updatesPerRollout({ rollout: { prompts: 512, groupSize: 16 }, update: { miniBatch: 512, epochs: 1 } }) → 16
 */
export function updatesPerRollout(config: {
  readonly rollout: Pick<RolloutSettings, 'prompts' | 'groupSize'>;
  readonly update: Pick<UpdateSettings, 'miniBatch' | 'epochs'>;
}): number {
  const { rollout, update } = config;
  return Math.ceil((rollout.prompts * rollout.groupSize) / update.miniBatch) * update.epochs;
}
