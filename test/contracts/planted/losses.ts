import {
  clippedSurrogate,
  inside,
  logRatio,
  maskedMean,
  rowSum,
  tf,
  type ClipInputs,
  type RatioInputs,
} from '@dapo/core';
import { defectsOf } from './planted.js';

const clip = defectsOf('clip-rule');
const ratio = defectsOf('ratio-level');
const loss = defectsOf('loss');
const kl = defectsOf('kl-term', { needs: ['reference-log-probs'] });

const surrogate = ({ ratio: r, advantages }: Pick<ClipInputs, 'ratio' | 'advantages'>): tf.Tensor =>
  clippedSurrogate(r, advantages, { low: 0.2, high: 0.2 });
const difference = ({ logProbs, oldLogProbs, mask }: RatioInputs): tf.Tensor2D => logRatio(logProbs, oldLogProbs, mask);
const whole = (row: tf.Tensor, like: tf.Tensor): tf.Tensor => tf.mul(row, tf.onesLike(like));

/** Its value is x, its gradient twice that of x. */
const twice = tf.customGrad((x) => ({
  value: tf.clone(x as tf.Tensor),
  gradFunc: (dy: tf.Tensor | tf.Tensor[]) => tf.mul(dy as tf.Tensor, 2),
}));

export const plantedInLosses = [
  clip('gives one number for each token', 'it gives the shape [] for log-probs of [5, 4]', () => ({
    perToken: (inputs) => tf.mean(surrogate(inputs)),
  })),
  clip('declares its metrics', "it gives the metric «clipped» and doesn't declare it", () => ({
    perToken: (inputs) => ({ loss: surrogate(inputs), metrics: { clipped: tf.zerosLike(inputs.ratio) } }),
  })),
  clip(
    'declares its metrics',
    'its metric «clipped» has the shape []; over tokens it must be [5, 4]',
    () => ({
      perToken: (inputs) => ({ loss: surrogate(inputs), metrics: { clipped: tf.mean(inputs.ratio) } }),
    }),
    {
      metrics: {
        clipped: { over: 'tokens', reduce: 'mean', unit: 'share', meaning: 'tokens beyond a bound' },
      },
    },
  ),
  loss(
    'asks for what it reads',
    "it reads the entropy without asking for it, and not every policy gives one: needs: ['entropy']",
    () => ({
      perToken: ({ logProbs, advantages, entropy }) => ({
        loss: tf.neg(tf.mul(tf.add(advantages, tf.sub(entropy!, entropy!)), logProbs)),
      }),
    }),
  ),
  clip('stays finite to the end of a run', 'with progress.fraction 1 its loss or gradient is not finite', () => ({
    perToken: (inputs) => tf.mul(surrogate(inputs), 1 / (1 - inputs.progress.fraction)),
  })),
  ratio('does not see what the mask leaves out', 'numbers outside the mask change it', () => ({
    ratio: ({ logProbs, oldLogProbs, mask }) => {
      const mean = tf.div(
        tf.sum(tf.clipByValue(tf.sub(logProbs, oldLogProbs), -20, 20), 1, true),
        tf.maximum(tf.sum(mask, 1, true), 1),
      );
      return whole(tf.exp(tf.clipByValue(mean, -20, 20)), mask);
    },
  })),
  ratio('does not see what the mask leaves out', 'NaN outside the mask reaches tokens inside it', () => ({
    ratio: ({ logProbs, oldLogProbs, mask }) => {
      const masked = tf.mul(tf.clipByValue(tf.sub(logProbs, oldLogProbs), -20, 20), mask);
      return whole(tf.exp(tf.div(tf.sum(masked, 1, true), tf.maximum(tf.sum(mask, 1, true), 1))), mask);
    },
  })),
  ratio('is the same with more padding', 'columns of padding change it', () => ({
    ratio: (inputs) => whole(tf.exp(tf.mean(difference(inputs), 1, true)), inputs.mask),
  })),
  clip(
    'follows the order of the responses',
    'other responses in another order change it',
    () => ({
      perToken: (inputs) => tf.mul(surrogate(inputs), tf.expandDims(tf.range(1, inputs.ratio.shape[0] + 1), 1)),
    }),
    { also: ['is the same however a mini-batch is split'] },
  ),
  clip(
    'is the same however a mini-batch is split',
    'the loss of a response depends on the others of its micro-batch',
    () => ({
      perToken: ({ ratio: r, advantages, mask }) =>
        surrogate({
          ratio: r,
          advantages: tf.mul(advantages, tf.add(1, maskedMean(tf.abs(advantages), mask))),
        }),
    }),
  ),
  clip('has the gradient of its value', 'its gradient is not that of its value: by logProbs of response', () => ({
    perToken: (inputs) => twice(surrogate(inputs)),
  })),
  ratio('bears responses without a token', 'an empty response makes its loss or gradient NaN', () => ({
    ratio: (inputs) =>
      whole(tf.exp(tf.div(rowSum(difference(inputs), inputs.mask), tf.sum(inputs.mask, 1, true))), inputs.mask),
  })),
  ratio(
    'stays finite where policies are far apart',
    'log-probs of -0.001 against -120 make its loss or gradient infinite',
    () => ({
      ratio: ({ logProbs, oldLogProbs, mask }) => tf.exp(inside(tf.sub(logProbs, oldLogProbs), mask)),
    }),
  ),
  clip('leaves what it is handed alone', 'it disposes of advantages, which belongs to the engine', () => ({
    perToken: (inputs) => {
      const value = surrogate(inputs);
      inputs.advantages.dispose();
      return value;
    },
  })),
  clip('makes tokens of a higher advantage likelier', 'a higher advantage makes a token less likely', () => ({
    perToken: ({ ratio: r, advantages }) => tf.mul(r, advantages),
  })),
  loss('makes tokens of a higher advantage likelier', 'its gradient does not depend on the advantages at all', () => ({
    perToken: ({ logProbs }) => ({ loss: tf.neg(logProbs) }),
  })),
  clip(
    'moves nothing without an advantage',
    'tokens of advantage 0, such as those of a group of equal rewards, get a gradient',
    () => ({
      perToken: (inputs) => tf.add(surrogate(inputs), tf.mul(0.1, tf.square(inputs.logProbs))),
    }),
  ),
  loss(
    'prepares one number for each token',
    'its prepare gives «scale» in the shape [1, 1], and [5, 4] is cut into micro-batches',
    () => ({
      prepare: ({ advantages, mask }) => ({
        scale: tf.reshape(maskedMean(tf.abs(advantages), mask), [1, 1]),
      }),
      perToken: ({ logProbs, advantages }) => ({ loss: tf.neg(tf.mul(advantages, logProbs)) }),
    }),
  ),
  ratio('is 1 where the policies agree', 'the ratio of two equal policies is not 1', () => ({
    ratio: (inputs) => tf.add(tf.exp(difference(inputs)), 0.1),
  })),
  defectsOf('kl-term')('asks for the reference policy', "needs: ['reference-log-probs']", () => ({
    perToken: ({ logProbs, referenceLogProbs }) => tf.sub(logProbs, referenceLogProbs),
  })),
  kl('is 0 where the policies agree', 'the divergence of two equal policies is not 0', () => ({
    perToken: ({ logProbs, referenceLogProbs, mask }) => tf.exp(logRatio(referenceLogProbs, logProbs, mask)),
  })),
  loss(
    'has the gradient of its value',
    "it can't be differentiated: TensorFlow.js has no gradient for TopK",
    () => ({
      perToken: ({ logProbs, advantages }) => ({ loss: tf.mul(tf.topk(logProbs, 1).values, advantages) }),
    }),
    {
      also: [
        'does not see what the mask leaves out',
        'is the same with more padding',
        'bears responses without a token',
        'stays finite where policies are far apart',
        'stays finite to the end of a run',
        'makes tokens of a higher advantage likelier',
      ],
    },
  ),
];
