import { test } from 'vitest';
import { expectAllclose } from '../testing/allclose.js';
import { covarianceTerms } from './covariance.js';
import { tf } from './tf.js';

test('terms are products of distances from the means over the mask', async () => {
  const terms = covarianceTerms(tf.tensor2d([[1, 3, 99]]), tf.tensor2d([[-2, -1, -50]]), tf.tensor2d([[1, 1, 0]]));
  await expectAllclose(tf.slice(terms, [0, 0], [1, 2]), [[0.5, 0.5]]);
});
