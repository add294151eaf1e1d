import type {
  Backend,
  Generator,
  MetricRecorder,
  Optimizer,
  Policy,
  PromptSource,
  Tokenizer,
} from '../contracts/index.js';
import type { EventBus } from '../events/events.js';
import type { ResolvedConfig, RolloutSettings, UpdateSettings } from '../config/resolved-config.js';
import type { Random } from '../random/random.js';
import type { Modules } from './module-loader.js';

/** Asks the container of a run for a value of type T. A `Symbol.for`, so that a second copy of the core still matches. */
export interface Token<T> {
  readonly key: symbol;
  /** Carries the type; never set. */
  readonly type?: T;
}

function token<T>(name: string): Token<T> {
  return { key: Symbol.for(`@dapo/core/token/${name}`) };
}

/** A plugin writes to the run's log; before a warning stands its config path. */
export interface Logger {
  info(message: string): void;
  warn(message: string): void;
}

/** A folder of files of the run: `write` replaces a file as a whole. */
export interface RunFolder {
  readonly path: string;
  write(name: string, content: string | Uint8Array): Promise<void>;
  append(name: string, content: string | Uint8Array): Promise<void>;
  /** Cuts a file to its first bytes: what a tracker does when a run goes on from a checkpoint. */
  truncate(name: string, bytes: number): Promise<void>;
  /** Bytes of a file; 0 where there is none. */
  size(name: string): Promise<number>;
}

/** What a plugin may ask for: `inject: { policy: tokens.policy }`. */
export const tokens = {
  config: token<ResolvedConfig>('config'),
  rollout: token<RolloutSettings>('rollout'),
  update: token<UpdateSettings>('update'),
  random: token<Random>('random'),
  events: token<EventBus>('events'),
  tokenizer: token<Tokenizer>('tokenizer'),
  policy: token<Policy>('policy'),
  generator: token<Generator>('generator'),
  optimizer: token<Optimizer>('optimizer'),
  trainPrompts: token<PromptSource>('train-prompts'),
  heldOutPrompts: token<PromptSource>('held-out-prompts'),
  backend: token<Backend>('backend'),
  /** Scoped to the plugin that asks: only its declared metrics. */
  metrics: token<MetricRecorder>('metrics'),
  logger: token<Logger>('logger'),
  runFolder: token<RunFolder>('run-folder'),
  /** Scoped to the plugin that asks: what its `modules` named. */
  modules: token<Modules>('modules'),
  /** Folder that relative paths of the config start from. */
  configFolder: token<string>('config-folder'),
} as const;
