import type { ErrorExplanations } from '@dapo/core';

export const benchmarkExplanations: ErrorExplanations = {
  DAPO_CLI_UNKNOWN_CONFIGURATION: {
    title: 'No built-in configuration of this name',
    why: 'dapo bench knows A to E; a config of your own is its argument, not a value of --configs.',
    remedy: 'Take one of those in the line «expected».',
    next: 'dapo bench --configs A,B',
  },
  DAPO_CLI_CONFIG_WITH_CONFIGURATIONS: {
    title: 'A config file and built-in configurations',
    why: 'dapo bench measures either a config of yours or its own.',
    remedy: 'Leave out one of them.',
    next: 'dapo bench dapo.config.ts',
  },
};
