import {
  groupDeviations,
  groupSizes,
  inside,
  logRatio,
  tf,
  type AdvantageInputs,
  type AggregationInputs,
  type CorrectionInputs,
} from '@dapo/core';
import { defectsOf } from './planted.js';

const aggregation = defectsOf('aggregation');
const correction = defectsOf('correction');
const advantage = defectsOf('advantage');

const token = ({ mask, counted }: AggregationInputs): tf.Tensor => tf.divNoNan(mask, tf.sum(counted));
const importance = ({ oldLogProbs, behaviourLogProbs, mask }: CorrectionInputs): tf.Tensor =>
  inside(tf.exp(logRatio(oldLogProbs, behaviourLogProbs, mask)), mask);
const centred = ({ rewards, present }: AdvantageInputs): tf.Tensor => groupDeviations(rewards, present);
const rowNumbers = (mask: tf.Tensor2D): tf.Tensor => tf.expandDims(tf.range(1, mask.shape[0] + 1), 1);

export const plantedInTensors = [
  aggregation(
    'gives one number for each token',
    'it gives the shape [] for a mask of [5, 4]: give a weight for each token',
    () => ({
      weights: ({ counted }) => tf.sum(counted),
    }),
  ),
  aggregation('gives tokens a weight', 'no token has a weight', () => ({
    weights: ({ mask }) => tf.zerosLike(mask),
  })),
  aggregation(
    'bears groups of one and responses without a token',
    'an empty response makes a weight NaN or infinite',
    () => ({
      weights: ({ mask, counted }) => tf.div(mask, tf.sum(counted, 1, true)),
    }),
  ),
  aggregation('is the same with more padding', 'columns of padding change a weight', () => ({
    weights: ({ mask }) => tf.div(mask, mask.size),
  })),
  aggregation('follows the order of the responses', 'the order of the responses changes a weight', () => ({
    weights: (inputs) => tf.mul(token(inputs), rowNumbers(inputs.mask)),
  })),
  aggregation(
    'bears tokens that a filter has put out',
    'tokens that are put out but counted change the weight of the others',
    () => ({
      weights: ({ mask }) => tf.divNoNan(mask, tf.sum(mask)),
    }),
  ),

  correction('gives one number for each token', 'it gives the shape [5, 1] for a mask of [5, 4]', () => ({
    weights: (inputs) => ({ weights: tf.max(importance(inputs), 1, true) }),
  })),
  correction('declares its metrics', "it gives the metric «weight» and doesn't declare it", () => ({
    weights: (inputs) => ({ weights: importance(inputs), metrics: { weight: importance(inputs) } }),
  })),
  correction(
    'is 1 where the policies agree',
    'where the old policy is the one that sampled, a weight is not 1',
    () => ({
      weights: (inputs) => ({ weights: tf.mul(importance(inputs), 0.5) }),
    }),
  ),
  correction('does not see what the mask leaves out', 'numbers outside the mask change a weight', () => ({
    weights: ({ oldLogProbs, behaviourLogProbs, mask }) => {
      const sum = tf.sum(tf.sub(oldLogProbs, behaviourLogProbs), 1, true);
      return { weights: tf.mul(tf.exp(tf.clipByValue(sum, -20, 20)), mask) };
    },
  })),
  correction('is the same with more padding', 'columns of padding change a weight', () => ({
    weights: ({ oldLogProbs, behaviourLogProbs, mask }) => {
      const mean = tf.mean(logRatio(oldLogProbs, behaviourLogProbs, mask), 1, true);
      return { weights: tf.mul(tf.exp(mean), mask) };
    },
  })),
  correction(
    'follows the order of the responses',
    'the order of the responses changes a weight',
    () => ({
      weights: (inputs) => ({ weights: tf.pow(importance(inputs), rowNumbers(inputs.mask)) }),
    }),
    { also: ['stays finite where policies are far apart'] },
  ),
  correction(
    'bears groups of one and responses without a token',
    'a mini-batch that is masked whole makes a weight NaN',
    () => ({
      weights: (inputs) => ({
        weights: tf.div(importance(inputs), tf.div(tf.sum(importance(inputs)), tf.sum(inputs.mask))),
      }),
    }),
  ),
  correction(
    'stays finite where policies are far apart',
    'make a weight infinite: hold the log-ratio within bounds',
    () => ({
      weights: ({ oldLogProbs, behaviourLogProbs, mask }) => ({
        weights: tf.exp(inside(tf.sub(oldLogProbs, behaviourLogProbs), mask)),
      }),
    }),
  ),

  advantage(
    'gives one number for each response or token',
    'it gives the shape [3]; an advantage for each response is [3, 3] (groups, places)',
    () => ({
      estimate: (inputs) => tf.max(centred(inputs), 1),
    }),
  ),
  advantage(
    'bears groups of one and responses without a token',
    'a group of one makes an advantage NaN or infinite',
    () => ({
      estimate: (inputs) => {
        const sizes = groupSizes(inputs.present);
        return tf.mul(centred(inputs), tf.div(sizes, tf.sub(sizes, 1)));
      },
    }),
  ),
  advantage(
    'gives exactly 0 to equal rewards',
    'from rounding alone: put the deviation to 0 where max − min is 0',
    () => ({
      estimate: ({ rewards, present }) => {
        const mean = tf.divNoNan(tf.sum(rewards, 1, true), groupSizes(present));
        const lead = inside(tf.sub(rewards, mean), present);
        const std = tf.sqrt(tf.divNoNan(tf.sum(tf.square(lead), 1, true), groupSizes(present)));
        return tf.div(lead, tf.add(std, 1e-6));
      },
    }),
  ),
  advantage(
    'prefers the better response',
    'the best response of a group has no higher advantage than the worst',
    () => ({
      estimate: (inputs) => tf.neg(centred(inputs)),
    }),
  ),
  advantage(
    'follows the order of groups and responses',
    'groups or responses in another order have other advantages',
    () => ({
      estimate: (inputs) => tf.mul(centred(inputs), tf.expandDims(tf.range(1, inputs.rewards.shape[0] + 1), 1)),
    }),
  ),
  advantage(
    'is the same with more padding',
    'empty places of a group or columns of padding change an advantage',
    () => ({
      estimate: ({ rewards, present }) => inside(tf.sub(rewards, tf.mean(rewards, 1, true)), present),
    }),
  ),
  advantage('leaves what it is handed alone', 'it disposes of rewards, which belongs to the engine', () => ({
    estimate: (inputs) => {
      const value = centred(inputs);
      inputs.rewards.dispose();
      return value;
    },
  })),
];
