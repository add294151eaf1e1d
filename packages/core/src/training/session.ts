import type { BackendFacts } from '../contracts/index.js';
import type { ResolvedConfig } from '../config/resolved-config.js';
import type { EventBus } from '../events/events.js';
import { RunContainer } from '../plugin/container.js';
import type { FoundPlugin } from '../plugin/manifest.js';
import { tokens, type RunFolder } from '../plugin/tokens.js';
import { Random } from '../random/random.js';
import { registerZeroGradients } from '../tensors/zero-gradients.js';
import { openCheckpoint, restoreStates } from './checkpoint.js';
import { Counters } from './counters.js';
import { checkMemory, createData, createParts, startBackend } from './create-parts.js';
import type { Host } from './host.js';
import { MetricStore } from './metrics.js';
import type { Parts } from './parts.js';
import { Trainer } from './trainer.js';

export interface SessionContext {
  readonly config: ResolvedConfig;
  readonly plugins: ReadonlyMap<string, FoundPlugin>;
  readonly events: EventBus;
  readonly host: Host;
  readonly configFolder: string;
  readonly runFolder: RunFolder;
  readonly trains: boolean;
}

/** Everything alive of a run: opened fresh or from a checkpoint, disposed of as a whole. A roll-back opens a new one. */
export class Session {
  private constructor(
    readonly container: RunContainer,
    readonly parts: Parts,
    readonly trainer: Trainer,
    readonly counters: Counters,
    readonly random: Random,
    readonly store: MetricStore,
    readonly backend: { readonly name: string; readonly deterministic: boolean; readonly facts: BackendFacts },
  ) {}

  /** @param rollBacks how often the run has gone back already, where that is more than the checkpoint knows */
  static async open(context: SessionContext, checkpointFolder?: string, rollBacks = 0): Promise<Session> {
    const { config, events, host } = context;
    const store = new MetricStore();
    const container = new RunContainer(context.plugins, store, events, () => counters.rolloutSteps);
    const checkpoint = checkpointFolder ? await openCheckpoint(host, checkpointFolder) : undefined;
    const counters = new Counters(config.prices);
    if (checkpoint) counters.restore(checkpoint.counters);
    counters.rollBacks = Math.max(counters.rollBacks, rollBacks);
    const random = new Random(config.seed, counters.rollBacks);
    container.provide(tokens.config, config);
    container.provide(tokens.rollout, config.rollout);
    container.provide(tokens.update, config.update);
    container.provide(tokens.random, random);
    container.provide(tokens.events, events);
    container.provide(tokens.configFolder, context.configFolder);
    container.provide(tokens.runFolder, context.runFolder);
    try {
      const data = await createData(container, config, context.configFolder);
      registerZeroGradients();
      const { backend, facts } = await startBackend(container, config);
      const { configFolder: folder, trains } = context;
      await checkMemory(container, config, backend, { folder, vocabularySize: data.tokenizer.vocabularySize, trains });
      const parts = await createParts(container, config, data, checkpoint?.policy);
      if (checkpoint) await restoreStates(container, checkpoint.states);
      await parts.generator.instance.update(parts.policy.instance);
      const trainer = new Trainer({ config, parts, events, random, counters, store, kept: container.kept });
      const { name, deterministic } = backend;
      return new Session(container, parts, trainer, counters, random, store, { name, deterministic, facts });
    } catch (error) {
      await container.dispose();
      throw error;
    }
  }

  async dispose(): Promise<void> {
    await this.container.dispose();
  }
}
