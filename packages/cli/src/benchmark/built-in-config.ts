import type { UserConfig } from '@dapo/core';
import { CHARACTERS, UPDATES, type Configuration } from './configurations.js';

/** A configuration as a config: DAPO's loss and advantage over the plugins of bench-plugins.ts. */
export function builtInConfig(name: string, configuration: Configuration): UserConfig {
  const { hidden, layers, heads, group, promptTokens, tokens, ragged = false } = configuration;
  const config = {
    extends: 'dapo',
    name: `bench-${name}`,
    seed: 1,
    tokenizer: { use: 'character', characters: CHARACTERS },
    policy: {
      use: 'transformer',
      hiddenSize: hidden,
      layers,
      heads,
      contextLength: promptTokens + Math.max(256, tokens),
    },
    prompts: { train: { use: 'bench-prompts', length: promptTokens } },
    generator: { use: 'bench-generator', ragged },
    rewards: { answer: 'bench-reward', length: false },
    filters: { outcomes: false },
    sampler: 'standard',
    guards: { liveGroups: false },
    trackers: { console: false, jsonl: false },
    optimizer: { use: 'adamw', learningRate: 1e-4 },
    rollout: { prompts: configuration.prompts, groupSize: group, maxResponseLength: tokens, temperature: 1 },
    update: { miniBatch: (configuration.prompts * group) / UPDATES },
  };
  return config as unknown as UserConfig;
}
