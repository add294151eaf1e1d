import type { AdvantageInputs, Group, LossInputs, Progress, Prompt, Response } from '../contracts/index.js';
import { optionsSchema, type PluginDefinition } from '../plugin/define-plugin.js';
import type { Contracts, Kind } from '../plugin/kinds.js';
import { Random } from '../random/random.js';
import { tf } from '../tensors/tf.js';
import type { z } from 'zod';

/**
 * Makes what a plugin makes, outside a run: options through its schema, dependencies and parts as given.
 *
 * @example await instantiate(clipHigher, { high: 0.3 })
 */
export async function instantiate<K extends Kind, O extends z.ZodObject>(
  plugin: PluginDefinition<K, O>,
  options: z.input<O> | Record<string, never> = {},
  deps: Readonly<Record<string, unknown>> = {},
): Promise<Contracts[K]> {
  return plugin.create(optionsSchema(plugin).parse(options) as z.output<O>, deps);
}

/** A run that has not begun. */
export const startOfRun: Progress = { rolloutStep: 0, optimizerStep: 0, fraction: 0 };

/** A prompt; everything may be overridden. */
export function fixturePrompt(given: Partial<Prompt> = {}): Prompt {
  return { id: 'p0', input: '1+1=', reference: '2', columns: {}, visit: 0, ...given };
}

/** A response of `length` sampled tokens; everything may be overridden. */
export function fixtureResponse(given: Partial<Response> & { readonly length?: number } = {}): Response {
  const { length = 2, ...rest } = given;
  return {
    tokens: Int32Array.from({ length }, (_, t) => t + 1),
    sampled: new Uint8Array(length).fill(1),
    behaviourLogProbs: new Float32Array(length).fill(-1),
    policyVersion: 0,
    finish: 'stop',
    text: '2',
    score: 1,
    reward: 1,
    components: {},
    verdict: 'keep',
    ...rest,
  };
}

/** A kept group of the given responses. */
export function fixtureGroup(responses: readonly Response[], given: Partial<Group> = {}): Group {
  return {
    prompt: fixturePrompt(),
    promptTokens: Int32Array.of(1),
    responses: [...responses],
    round: 0,
    verdict: 'keep',
    ...given,
  };
}

type Rows = readonly (readonly number[])[];

/** Matrices [R][T] of a loss; what is left out is 1 in the mask and 0 elsewhere. */
export interface LossMatrices {
  readonly logProbs: Rows | tf.Tensor2D;
  readonly oldLogProbs?: Rows;
  readonly behaviourLogProbs?: Rows;
  readonly advantages?: Rows;
  readonly mask?: Rows;
  readonly entropy?: Rows;
  readonly signals?: Readonly<Record<string, Rows>>;
  readonly prepared?: Readonly<Record<string, tf.Tensor2D>>;
}

function matrix(rows: Rows): tf.Tensor2D {
  return tf.tensor2d(rows.map((row) => [...row]));
}

/** The inputs of a LossFn, a ClipRule, a RatioLevel. Call it in a tidy. */
export function fixtureLossInputs(given: LossMatrices): LossInputs {
  const logProbs = 'dataId' in given.logProbs ? given.logProbs : matrix(given.logProbs);
  const or = (rows: Rows | undefined, otherwise: () => tf.Tensor2D): tf.Tensor2D => (rows ? matrix(rows) : otherwise());
  const zeros = (): tf.Tensor2D => tf.zeros(logProbs.shape);
  const oldLogProbs = or(given.oldLogProbs, zeros);
  return {
    logProbs,
    oldLogProbs,
    behaviourLogProbs: or(given.behaviourLogProbs, () => oldLogProbs),
    advantages: or(given.advantages, zeros),
    mask: or(given.mask, () => tf.ones(logProbs.shape)),
    entropy: given.entropy && matrix(given.entropy),
    signal: (name) => matrix(given.signals![name]!),
    prepared: given.prepared ?? {},
    progress: startOfRun,
    random: new Random(0),
  };
}

/** Rewards by group, and what tokens they stand on; lengths are 1 unless a mask says otherwise. */
export interface AdvantageMatrices {
  readonly rewards: Rows;
  /** [R][T] */
  readonly mask?: Rows;
  /** [R][T]; a reward on the last token of its response unless given. */
  readonly tokenRewards?: Rows;
  /** By group. */
  readonly correct?: Rows;
}

/** The inputs of an AdvantageEstimator. Call it in a tidy. */
export function fixtureAdvantageInputs(given: AdvantageMatrices): AdvantageInputs {
  const { rewards, correct } = given;
  const flat = rewards.flat();
  const mask = given.mask ?? flat.map(() => [1]);
  const size = Math.max(...rewards.map((row) => row.length));
  const byGroup = (value: (group: number, i: number, row: number) => number): tf.Tensor2D => {
    let row = 0;
    const filled = rewards.map((group, g) =>
      Array.from({ length: size }, (_, i) => (i < group.length ? value(g, i, row++) : 0)),
    );
    return matrix(filled);
  };
  const lastTokens = mask.map((row, r) => row.map((_, t) => (t === Math.max(0, row.lastIndexOf(1)) ? flat[r]! : 0)));
  return {
    rewards: byGroup((g, i) => rewards[g]![i]!),
    present: byGroup(() => 1),
    lengths: byGroup((_g, _i, row) => mask[row]!.reduce((a, b) => a + b, 0)),
    correct: byGroup((g, i) => correct?.[g]![i] ?? 0),
    mask: matrix(mask),
    tokenRewards: matrix(given.tokenRewards ?? lastTokens),
    groupOf: tf.tensor1d(
      rewards.flatMap((group, g) => group.map(() => g)),
      'int32',
    ),
    signal: () => tf.zeros([flat.length, mask[0]!.length]),
  };
}
