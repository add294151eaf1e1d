import type {
  AdvantageEstimator,
  Aggregation,
  Backend,
  BackendFacts,
  Correction,
  Filter,
  Generator,
  Guard,
  LossFn,
  Optimizer,
  Policy,
  PromptSource,
  RewardFn,
  Sampler,
  Schedule,
  Signal,
  Tokenizer,
  Tracker,
} from '../contracts/index.js';
import type { ResolvedConfig, ResolvedNode } from '../config/resolved-config.js';
import { needUnfulfilled } from '../errors/run-errors.js';
import { backendConflict, modelTooLarge, nothingTrained, tensorTooLarge } from '../errors/training-errors.js';
import { providesOf, type RunContainer } from '../plugin/container.js';
import { tokens } from '../plugin/tokens.js';
import { tf } from '../tensors/tf.js';
import { checkPrompts } from './check-prompts.js';
import type { Parts, Placed, PlacedReward } from './parts.js';

/** Data first: a broken row is found before any tensor exists. */
export async function createData(
  container: RunContainer,
  config: ResolvedConfig,
  folder: string,
): Promise<Pick<Parts, 'tokenizer' | 'trainPrompts' | 'heldOutPrompts'>> {
  const context = await container.foundAt('policy').plugin.contextLength?.(config.policy.options as never, folder);
  const longest = context && context - config.rollout.maxResponseLength;
  const tokenizer = await handed<Tokenizer>(container, 'tokenizer', config.tokenizer);
  container.provide(tokens.tokenizer, tokenizer);
  const trainPrompts = await handed<PromptSource>(container, 'prompts.train', config.prompts.train);
  container.provide(tokens.trainPrompts, trainPrompts);
  await checkPrompts(trainPrompts, tokenizer, longest);
  if (!config.prompts.heldOut) return { tokenizer, trainPrompts };
  const heldOutPrompts = await handed<PromptSource>(container, 'prompts.heldOut', config.prompts.heldOut);
  container.provide(tokens.heldOutPrompts, heldOutPrompts);
  await checkPrompts(heldOutPrompts, tokenizer, longest);
  return { tokenizer, trainPrompts, heldOutPrompts };
}

/** An instance whose every call says where it stands: those that call it are plugins themselves. */
async function handed<T extends object>(container: RunContainer, path: string, node: ResolvedNode): Promise<T> {
  return container.calls.handed(await container.create<T>(path, node));
}

const CLAIMED = Symbol.for('@dapo/core/backend-of-this-process');

/**
 * Makes the backend the one of the process.
 *
 * @throws DapoError where another run of this process computes on another one; that one is left alone
 */
export async function startBackend(
  container: RunContainer,
  config: ResolvedConfig,
): Promise<{ readonly backend: Backend; readonly facts: BackendFacts }> {
  const backend = (await container.create<Backend>('backend', config.backend)).instance;
  container.provide(tokens.backend, backend);
  const process = globalThis as { [CLAIMED]?: string };
  if (process[CLAIMED] && process[CLAIMED] !== backend.name) throw backendConflict(backend.name, process[CLAIMED]);
  const facts = await backend.start();
  process[CLAIMED] = backend.name;
  tf.enableProdMode();
  return { backend, facts };
}

const FLOAT_BYTES = 4;

/**
 * What weights, moments, and gradients or the copies of a generation take at least, against what the backend has.
 *
 * @throws DapoError where there is no room, or nothing to train, before anything is loaded
 */
export async function checkMemory(
  container: RunContainer,
  config: ResolvedConfig,
  { memoryLimit = Infinity, tensorLimit = Infinity, name }: Backend,
  { trains, ...place }: { readonly folder: string; readonly vocabularySize: number; readonly trains: boolean },
): Promise<void> {
  const counts = await container.foundAt('policy').plugin.parameters?.(config.policy.options as never, place);
  if (!counts) return;
  if (trains && counts.trained === 0) throw nothingTrained();
  const trained = trains ? counts.trained : 0;
  const bytes = {
    weights: FLOAT_BYTES * counts.all,
    moments: FLOAT_BYTES * trained * (container.foundAt('optimizer').plugin.moments ?? 0),
    passes: FLOAT_BYTES * Math.max(trained, counts.copied),
  };
  if (bytes.weights + bytes.moments + bytes.passes > memoryLimit) throw modelTooLarge(bytes, name, memoryLimit);
  const largest = FLOAT_BYTES * counts.largest;
  if (largest > tensorLimit) throw tensorTooLarge(largest, name, tensorLimit);
}

/** Everything else, in the order of the data's way. `checkpoint` opens saved weights. */
export async function createParts(
  container: RunContainer,
  config: ResolvedConfig,
  data: Pick<Parts, 'tokenizer' | 'trainPrompts' | 'heldOutPrompts'>,
  checkpoint?: string,
): Promise<Parts> {
  const made = await container.create<Policy>('policy', config.policy, checkpoint ? { checkpoint } : {});
  const policy = { ...made, instance: container.calls.handed(made) };
  container.provide(tokens.policy, policy.instance);
  const generator = await container.create<Generator>('generator', config.generator);
  container.provide(tokens.generator, generator.instance);
  const plain = await container.create<Optimizer>('optimizer', config.optimizer);
  const optimizer = { ...plain, instance: container.calls.handed(plain) };
  container.provide(tokens.optimizer, optimizer.instance);
  const signals = await createMap<Signal>(container, 'signals', config.signals);
  const parts: Parts = {
    ...data,
    policy,
    generator,
    optimizer,
    signals: signals.map((signal) => ({
      ...signal,
      provides: providesOf(container.foundAt(signal.path).plugin, config.signals[signal.key]!.options),
    })),
    schedule: await container.create<Schedule>('schedule', config.schedule),
    rewards: await createRewards(container, config),
    filters: await createMap<Filter>(container, 'filters', config.filters),
    sampler: await container.create<Sampler>('sampler', config.sampler),
    advantage: await container.create<AdvantageEstimator>('advantage', config.advantage),
    correction: config.correction && (await container.create<Correction>('correction', config.correction)),
    loss: await container.create<LossFn>('loss', config.loss),
    aggregation: await container.create<Aggregation>('aggregation', config.aggregation),
    guards: await createMap<Guard>(container, 'guards', config.guards),
    calls: container.calls,
    trackers: await createMap<Tracker>(container, 'trackers', config.trackers),
  };
  checkTraits(parts, config);
  return parts;
}

async function createMap<T>(
  container: RunContainer,
  place: string,
  nodes: Readonly<Record<string, ResolvedNode>>,
): Promise<Placed<T>[]> {
  const placed: Placed<T>[] = [];
  for (const [key, node] of Object.entries(nodes)) placed.push(await container.create<T>(`${place}.${key}`, node));
  return placed;
}

async function createRewards(container: RunContainer, config: ResolvedConfig): Promise<PlacedReward[]> {
  const placed = await createMap<RewardFn>(container, 'rewards', config.rewards);
  return placed.map((reward) => {
    const { plugin } = container.foundAt(reward.path);
    const { weight, options } = config.rewards[reward.key]!;
    return { ...reward, role: plugin.role ?? 'task', weight, provides: providesOf(plugin, options) };
  });
}

/** What a plugin needs of a policy, by trait; refused by name before anything runs. */
function checkTraits({ policy, filters, loss, signals, guards, tokenizer }: Parts, { rollout }: ResolvedConfig): void {
  const { traits } = policy.instance;
  if (traits.logProbs === 'raw' && rollout.temperature !== 1) {
    throw needUnfulfilled(`rollout.temperature ${rollout.temperature}`, 'log-probs at a temperature', policy.label);
  }
  if (tokenizer.vocabularySize > traits.vocabularySize) {
    throw needUnfulfilled('tokenizer', `a vocabulary of ${tokenizer.vocabularySize}`, policy.label);
  }
  for (const { needs, label } of signals) {
    if (needs.includes('frozen-weights') && policy.instance.traits.snapshots !== 'frozen') {
      throw needUnfulfilled(label, 'frozen-weights', policy.label);
    }
  }
  for (const { label, needs } of guards) {
    if (needs.includes('gradient-norm-before-step') && traits.gradientNorm !== 'before-step') {
      throw needUnfulfilled(label, 'gradient-norm-before-step', policy.label);
    }
  }
  for (const part of [...filters, loss, ...guards]) {
    if (part.needs.includes('entropy') && !policy.instance.traits.entropy) {
      throw needUnfulfilled(part.label, 'entropy', policy.label);
    }
  }
}
