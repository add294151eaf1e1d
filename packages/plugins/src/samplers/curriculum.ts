import {
  definePlugin,
  type Prompt,
  type Random,
  type ResolvedConfig,
  type Sampler,
  type SamplerContext,
  tf,
  tokens,
  z,
} from '@dapo/core';
import { Accuracies } from './curriculum/accuracies.js';
import { ChosenPrompts } from './curriculum/chosen-prompts.js';

const options = z.strictObject({
  floor: z
    .number()
    .min(0.01)
    .max(1)
    .default(0.1)
    .describe('chance that a prompt which is always or never solved is tried all the same'),
  memory: z
    .number()
    .min(0)
    .lt(1)
    .default(0.5)
    .describe('share of its old accuracy that a prompt keeps when it is measured again'),
});
type Options = z.output<typeof options>;

/** What a prompt that was never tried counts as: it is tried for certain. */
const UNKNOWN = 0.5;

/**
 * The chance that a prompt is tried: max(floor, 4·p·(1 − p)), which is 1 where half of its answers are right.
 *
 * @param accuracy p, measured [prompts]
 * @returns [prompts]
 * @example chanceOfTrying([0.5, 0.25, 1], 0.1) → [1, 0.75, 0.1]
 */
export function chanceOfTrying(accuracy: tf.Tensor1D, floor: number): tf.Tensor1D {
  return tf.maximum(tf.mul(tf.mul(accuracy, tf.sub(1, accuracy)), 4), floor);
}

/** `chanceOfTrying` of some accuracies, on the host. */
async function chancesOf(accuracies: readonly number[], floor: number): Promise<ArrayLike<number>> {
  const chances = tf.tidy(() => chanceOfTrying(tf.tensor1d([...accuracies]), floor));
  const values = await chances.data();
  chances.dispose();
  return values;
}

interface Dependencies {
  readonly inner: Sampler;
  readonly random: Random;
  /** Told what a step's prompts were like. */
  readonly report: (skipped: number, accuracies: readonly number[]) => void;
  /** Told how many prompts there are, before the first step. */
  readonly begin: (size: number) => void;
}

/** Why nothing will ever be measured twice; undefined where prompts come again. */
export function describeSingleVisits(size: number, { rollout, budget }: ResolvedConfig): string | undefined {
  const seen = rollout.prompts * budget.rolloutSteps;
  if (size < seen) return undefined;
  return `the source has ${size} prompts and the run tries about ${seen}: no prompt comes twice, so none is chosen by its accuracy`;
}

function createSampler({ floor, memory }: Options, { inner, random, report, begin }: Dependencies): Sampler {
  const accuracies = new Accuracies(memory);
  return {
    async next(context: SamplerContext) {
      const { prompts: source, step } = context;
      if (step === 0) begin(source.size);
      const uniform = ({ id, visit }: Prompt): number => random.key('curriculum', step, id, visit).uniform(0);
      const chances = (prompts: readonly Prompt[]): Promise<ArrayLike<number>> =>
        chancesOf(
          prompts.map(({ id }) => accuracies.known.get(id) ?? UNKNOWN),
          floor,
        );
      const chosen = new ChosenPrompts(source, chances, uniform);
      const before: number[] = [];
      const batch = await inner.next({
        ...context,
        prompts: {
          size: source.size,
          fingerprint: source.fingerprint,
          take: (n) => source.take(n),
          next: (n) => chosen.next(n),
        },
        async rollout(prompts) {
          before.push(...prompts.flatMap(({ id }) => accuracies.known.get(id) ?? []));
          const groups = await context.rollout(prompts);
          for (const group of groups) accuracies.learn(group);
          return groups;
        },
      });
      report(chosen.skipped, before);
      return batch;
    },
    state: () => ({ json: Object.fromEntries(accuracies.known) }),
    restore: ({ json }) => {
      accuracies.known.clear();
      for (const [id, accuracy] of Object.entries(json as Record<string, number>)) accuracies.known.set(id, accuracy);
    },
  };
}

export default definePlugin({
  kind: 'sampler',
  name: 'curriculum',
  summary: 'Tries prompts the more often the nearer their measured accuracy is to one half.',
  source: { title: 'Learning to Reason at the Frontier of Learnability', arxiv: '2502.12272' },
  departures:
    'Accuracy is measured on the rollouts themselves and runs on, where the paper samples a pool anew to measure it; prompts ' +
    'are drawn in proportion to 4·p·(1 − p) instead of from the best of the pool.',
  alsoKnownAs: ['sampling for learnability', 'SFL', 'difficulty sampling'],
  options,
  metrics: {
    skipped: {
      over: 'step',
      reduce: 'mean',
      unit: 'prompts',
      meaning: 'prompts passed over as too easy or too hard',
      healthy: 'a minority of those seen',
      worrying: 'nearly all: the data is of the wrong difficulty',
      advice: 'widen the band, or take other prompts',
    },
    'measured-accuracy': {
      over: 'step',
      reduce: 'mean',
      unit: 'share',
      meaning: 'accuracy of the prompts tried, as measured before; of those that were tried before',
      healthy: 'within the band of the curriculum',
      worrying: 'drifting out of it',
      advice: 'take prompts of another difficulty',
    },
  },
  needs: ['correct'],
  slots: { inner: { kind: 'sampler', default: 'standard' } },
  inject: { random: tokens.random, metrics: tokens.metrics, config: tokens.config, logger: tokens.logger },
  create: (settings, { inner, random, metrics, config, logger }) =>
    createSampler(settings, {
      inner,
      random,
      begin(size) {
        const useless = describeSingleVisits(size, config);
        if (useless !== undefined) logger.warn(useless);
      },
      report(skipped, accuracies) {
        metrics.record('skipped', skipped);
        if (accuracies.length === 0) return;
        metrics.record('measured-accuracy', accuracies.reduce((a, b) => a + b, 0) / accuracies.length);
      },
    }),
});
