import type { Aggregation, LossFn } from '@dapo/core';
import { makeInstance } from './golden-plugins.js';

/**
 * What corrections.json and token-filters.json compute losses with: clip-higher 0.2 / 0.28, token
 * aggregation.
 */
export async function clipHigherLoss(): Promise<{ loss: LossFn; aggregation: Aggregation }> {
  const ratio = await makeInstance({ kind: 'ratio-level', name: 'token' });
  const clip = await makeInstance({
    kind: 'clip-rule',
    name: 'clip-higher',
    options: { low: 0.2, high: 0.28 },
  });
  return {
    loss: await makeInstance({ kind: 'loss', name: 'policy-gradient' }, { ratio, clip }),
    aggregation: await makeInstance({ kind: 'aggregation', name: 'token' }),
  };
}
