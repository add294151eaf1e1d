import type { ResolvedConfig } from '../config/resolved-config.js';
import { updatesPerRollout } from '../config/updates-per-rollout.js';
import type { PluginRemark } from './define-plugin.js';

/**
 * What every clip rule has to say about one update per rollout: the ratio is then 1 and no bound can act.
 */
export function clipCannotAct(config: ResolvedConfig): PluginRemark[] {
  if (updatesPerRollout(config) > 1) return [];
  return [
    {
      level: 'warning',
      message: 'With one update per rollout the probability ratio is 1, so the clip never acts.',
      hint: 'Make update.miniBatch smaller than rollout.prompts × rollout.groupSize, or raise update.epochs.',
    },
  ];
}
