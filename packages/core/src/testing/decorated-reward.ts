import { z } from 'zod';
import type { RewardFn, RewardItem } from '../contracts/index.js';
import { pluginClass } from '../plugin/plugin-class.js';
import { tokens } from '../plugin/tokens.js';
import type { Random } from '../random/random.js';

const options = z.strictObject({ right: z.number().default(1) });

/** A plugin in the decorator form, as a compiled package would write it. */
@pluginClass({ kind: 'reward', name: 'random-reward', options, inject: { random: tokens.random } })
export class RandomReward implements RewardFn {
  constructor(
    private readonly settings: z.output<typeof options>,
    private readonly deps: { readonly random: Random },
  ) {}

  score(batch: readonly RewardItem[]): number[] {
    return batch.map((_, i) => this.settings.right * this.deps.random.key('reward').uniform(i));
  }
}
