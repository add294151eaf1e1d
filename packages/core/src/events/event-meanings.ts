import type { EventName } from './events.js';

/** When each event is told: what the reference says of it. */
export const eventMeanings: Readonly<Record<EventName, string>> = {
  'run:started': 'once, before the first evaluation and the first step',
  'rollout:round': 'after each generation round, when its groups are scored and filtered',
  'group:dropped': 'after its round, for each group that a filter has dropped',
  'rollout:finished': 'when the sampler has its batch, before advantages',
  'update:finished': 'after each optimizer step, or where one was put off',
  'step:finished': 'after the updates of a rollout step, before its evaluation and checkpoint',
  'evaluation:finished': 'after each evaluation on the held-out set',
  'checkpoint:saved': 'when a checkpoint lies whole in its folder',
  'guard:acted': 'when a guard has decided anything but to continue',
  'run:ended': 'once, after the last step',
  log: 'whenever a part or the engine has a line for the log',
};
