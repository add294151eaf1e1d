import type { Kind } from '../plugin/kinds.js';

/** A place of the config where plugins stand. */
export interface NodePlace {
  readonly path: string;
  readonly kind: Kind;
  /** one: a node; map: nodes under names that the author gives them. */
  readonly shape: 'one' | 'map';
  readonly required: boolean;
}

/** Every place where plugins stand, in the order of the data's way. */
export const nodePlaces: readonly NodePlace[] = [
  { path: 'backend', kind: 'backend', shape: 'one', required: true },
  { path: 'tokenizer', kind: 'tokenizer', shape: 'one', required: true },
  { path: 'policy', kind: 'policy', shape: 'one', required: true },
  { path: 'prompts.train', kind: 'prompts', shape: 'one', required: true },
  { path: 'prompts.heldOut', kind: 'prompts', shape: 'one', required: false },
  { path: 'sampler', kind: 'sampler', shape: 'one', required: true },
  { path: 'generator', kind: 'generator', shape: 'one', required: true },
  { path: 'rewards', kind: 'reward', shape: 'map', required: true },
  { path: 'filters', kind: 'filter', shape: 'map', required: false },
  { path: 'signals', kind: 'signal', shape: 'map', required: false },
  { path: 'advantage', kind: 'advantage', shape: 'one', required: true },
  { path: 'correction', kind: 'correction', shape: 'one', required: false },
  { path: 'loss', kind: 'loss', shape: 'one', required: true },
  { path: 'aggregation', kind: 'aggregation', shape: 'one', required: true },
  { path: 'optimizer', kind: 'optimizer', shape: 'one', required: true },
  { path: 'schedule', kind: 'schedule', shape: 'one', required: true },
  { path: 'guards', kind: 'guard', shape: 'map', required: false },
  { path: 'trackers', kind: 'tracker', shape: 'map', required: false },
];
