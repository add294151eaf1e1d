import type { ResolvedConfig } from '../config/resolved-config.js';
import { updatesPerRollout } from '../config/updates-per-rollout.js';
import type { PluginRemark } from './define-plugin.js';

/**
 * What every clip rule has to say about one update per rollout: the ratio is then 1 and no bound can act.
 *
 * @param what other things that only a ratio other than 1 sets off
 */
export function clipCannotAct(config: ResolvedConfig, what = 'the clip'): PluginRemark[] {
  if (updatesPerRollout(config) > 1) return [];
  return [
    {
      level: 'warning',
      message: `With one update per rollout the probability ratio is 1, so ${what} never acts.`,
      hint: 'Make update.miniBatch smaller than rollout.prompts × rollout.groupSize, or raise update.epochs.',
    },
  ];
}

/** What all that compares old with behaviour policy has to say where they are the same by definition. */
export function correctionCannotAct({ update }: ResolvedConfig): PluginRemark[] {
  if (update.oldLogProbs !== 'behaviour') return [];
  return [
    {
      level: 'warning',
      message:
        'The log-probs of the old policy are those of the sampler (update.oldLogProbs: behaviour), so every weight is 1.',
      hint: 'Set update.oldLogProbs: recomputed, or take it out.',
    },
  ];
}

/** What every advantage within a group has to say about groups of one. */
export function groupsOfOne({ rollout }: ResolvedConfig, consequence = 'its advantage is its reward'): PluginRemark[] {
  if (rollout.groupSize > 1) return [];
  return [
    {
      level: 'warning',
      message: `With rollout.groupSize 1 a response has no others to be compared with: ${consequence}.`,
      hint: 'Set rollout.groupSize to 2 or more, or take an advantage over the batch (batch-norm).',
    },
  ];
}
