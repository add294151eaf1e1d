import type { MetricDeclarations, Prompt, PromptSource, Tokenizer } from '../../contracts/index.js';
import { engineSchema, type EngineSettings } from '../../config/engine-schema.js';
import type { ResolvedConfig, ResolvedNode } from '../../config/resolved-config.js';
import { undeclaredMetric } from '../../errors/run-errors.js';
import { EventBus } from '../../events/events.js';
import type { Modules } from '../../plugin/module-loader.js';
import { tokens, type RunFolder } from '../../plugin/tokens.js';
import { Random } from '../../random/random.js';
import { tf } from '../../tensors/tf.js';
import { lettersPrompts, lettersTokenizer } from '../letters.js';
import { tabularPolicy, type TabularPolicy } from '../tabular-policy.js';
import { plainOptimizer } from './plain-optimizer.js';
import { StandInGenerator } from './stand-in-generator.js';

const node = (use: string): ResolvedNode => ({ use, options: {}, parts: {}, weight: 1 });

/** The config that stand-ins come from: small numbers, every technique at its plainest. */
export const standInConfig: ResolvedConfig = {
  ...(engineSchema.parse({
    name: 'contract',
    rollout: { prompts: 4, groupSize: 4, maxResponseLength: 6 },
    update: { miniBatch: 8, epochs: 2, oldLogProbs: 'recomputed' },
    budget: { rolloutSteps: 10 },
  }) as EngineSettings & { update: { miniBatch: number } }),
  backend: node('cpu'),
  tokenizer: node('letters'),
  policy: node('tabular'),
  prompts: { train: node('letters'), heldOut: node('letters') },
  sampler: node('standard'),
  generator: node('policy'),
  rewards: { answer: node('exact-answer') },
  filters: {},
  signals: {},
  advantage: node('group-norm'),
  loss: node('policy-gradient'),
  aggregation: node('token'),
  optimizer: node('adamw'),
  schedule: node('constant'),
  guards: {},
  trackers: {},
};

/** A run folder that is a map: file name → content. */
export class MemoryFolder implements RunFolder {
  readonly path = '';
  readonly files = new Map<string, Uint8Array>();

  async write(name: string, content: string | Uint8Array): Promise<void> {
    this.files.set(name, bytesOf(content));
  }

  async append(name: string, content: string | Uint8Array): Promise<void> {
    this.files.set(name, Uint8Array.from([...(this.files.get(name) ?? []), ...bytesOf(content)]));
  }

  async truncate(name: string, bytes: number): Promise<void> {
    this.files.set(name, (this.files.get(name) ?? new Uint8Array(0)).slice(0, bytes));
  }

  async size(name: string): Promise<number> {
    return this.files.get(name)?.length ?? 0;
  }
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
}

/** What a plugin is handed of a run that isn't there: small, and the same each time. */
export class StandIns {
  readonly random = new Random(1);
  readonly folder: RunFolder;
  readonly log: string[] = [];
  private made?: TabularPolicy;

  constructor(
    private readonly label: string,
    private readonly declared: MetricDeclarations,
    folder: RunFolder = new MemoryFolder(),
    readonly modules: Modules = new Map(),
  ) {
    this.folder = folder;
  }

  readonly tokenizer = lettersTokenizer.create({ vocabularySize: VOCABULARY }, {}) as Tokenizer;

  /** Made when it is first asked for: it holds a tensor. */
  get policy(): TabularPolicy {
    return (this.made ??= tabularPolicy.create(
      tabularPolicy.options!.parse({
        vocabularySize: VOCABULARY,
        prompts: 8,
        length: 6,
        logits: [0.5, -0.5, 0, 0.2],
      }),
      { random: this.random },
    ) as TabularPolicy);
  }

  /** The value behind a token; undefined where it is none of the engine's. */
  resolve(key: symbol): unknown {
    return providers.get(key)?.(this);
  }

  dispose(): void {
    this.made?.dispose();
  }

  /** Records nothing, and throws at what isn't declared. */
  record(name: string): void {
    if (!(name in this.declared)) throw undeclaredMetric(this.label, name, Object.keys(this.declared));
  }
}

/** Tokens of the stand-in tokenizer and policy: three letters and the end. */
export const VOCABULARY = 4;

/** Eight prompts, over and over. */
export function standInPrompts(): PromptSource {
  return lettersPrompts.create({ references: ['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b'] }, {}) as PromptSource;
}

/** Those prompts themselves. */
export const promptsOf = (n: number): Promise<Prompt[]> => standInPrompts().take(n);

const providers = new Map<symbol, (standIns: StandIns) => unknown>([
  [tokens.config.key, () => standInConfig],
  [tokens.rollout.key, () => standInConfig.rollout],
  [tokens.update.key, () => standInConfig.update],
  [tokens.random.key, ({ random }) => random],
  [tokens.events.key, () => new EventBus()],
  [tokens.tokenizer.key, ({ tokenizer }) => tokenizer],
  [tokens.policy.key, ({ policy }) => policy],
  [tokens.generator.key, (standIns) => new StandInGenerator(standIns)],
  [tokens.optimizer.key, () => plainOptimizer(0.1)],
  [tokens.trainPrompts.key, standInPrompts],
  [tokens.heldOutPrompts.key, standInPrompts],
  [tokens.backend.key, () => ({ name: tf.getBackend(), deterministic: true })],
  [tokens.metrics.key, (standIns) => ({ record: (name: string) => standIns.record(name) })],
  [
    tokens.logger.key,
    ({ log }) => ({ info: (text: string) => log.push(text), warn: (text: string) => log.push(text) }),
  ],
  [tokens.runFolder.key, ({ folder }) => folder],
  [tokens.modules.key, ({ modules }) => modules],
  [tokens.configFolder.key, () => '.'],
]);
