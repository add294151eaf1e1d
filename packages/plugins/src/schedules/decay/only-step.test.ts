import type { ResolvedConfig } from '@dapo/core';
import { expect, test } from 'vitest';
import cosine from '../cosine.js';
import linear from '../linear.js';

/** No other bound than rollout steps. */
const stepsOnly = { optimizerSteps: 0, generatedTokens: 0, prompts: 0, minutes: 0 };

test.each([cosine, linear])('a decay of one step, which has the lowest factor, is warned of', (schedule) => {
  const remarks = (options: object, rolloutSteps: number, budget: object = {}): number => {
    const config = {
      rollout: { prompts: 4, groupSize: 4 },
      update: { miniBatch: 16, epochs: 1 },
      budget: { ...stepsOnly, rolloutSteps, ...budget },
    } as ResolvedConfig;
    return schedule.check!(schedule.options!.parse(options), config, new Map()).length;
  };
  expect([remarks({}, 1), remarks({ steps: 1 }, 9), remarks({ minimum: 0.5 }, 1)]).toEqual([1, 1, 1]);
  expect([remarks({}, 2), remarks({ steps: 2 }, 1), remarks({ warmUp: 1 }, 1), remarks({ minimum: 1 }, 1)]).toEqual([
    0, 0, 0, 0,
  ]);
  expect(remarks({}, 1, { generatedTokens: 500 })).toBe(0);
});
