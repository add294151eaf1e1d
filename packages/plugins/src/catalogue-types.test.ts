import { expect, test } from 'vitest';
import { defineConfig, type UserConfig } from '@dapo/core';
import type {} from './index.js';

/** The compiler is the test: a line that should not compile and does is an error of its own. */
const configs: readonly UserConfig[] = [
  defineConfig({
    extends: 'dapo',
    prompts: { train: { use: 'arithmetic', maxDigits: 2 }, heldOut: { use: 'jsonl', file: 'data.jsonl' } },
    sampler: { use: 'dynamic', maxRounds: 3 },
    rewards: { answer: 'exact-answer', mine: { use: './mine.ts', strength: 1, weight: 2 }, length: false },
    loss: { use: 'policy-gradient', clip: { use: 'clip-higher', high: 0.3 }, kl: false },
  }),
  defineConfig({ loss: { clip: { use: 'clip-higher', low: 0.2 } } }),
  // @ts-expect-error an option that the plugin doesn't have
  defineConfig({ sampler: { use: 'dynamic', maxRound: 3 } }),
  // @ts-expect-error a name that nobody has
  defineConfig({ sampler: 'dynamc' }),
  // @ts-expect-error a plugin of another kind in a slot
  defineConfig({ loss: { use: 'policy-gradient', clip: 'exact-answer' } }),
  // @ts-expect-error an option of another type
  defineConfig({ loss: { use: 'policy-gradient', clip: { use: 'clip', low: 'much' } } }),
  // A part of a loss that a lower layer chose is typed as well.
  // @ts-expect-error a clip rule that nobody has
  defineConfig({ loss: { clip: { use: 'clip-highr' } } }),
  // @ts-expect-error the same, by its name alone
  defineConfig({ loss: { clip: 'clip-highr' } }),
  // @ts-expect-error an option of another type in it
  defineConfig({ loss: { clip: { use: 'clip-higher', high: 'much' } } }),
  // @ts-expect-error an option in it that the clip rule doesn't have
  defineConfig({ loss: { clip: { use: 'clip-higher', hihg: 0.3 } } }),
  defineConfig({ loss: { use: './my-loss.ts', clip: { use: 'clip-higher', high: 0.3 }, own: [1, { deep: true }] } }),
  // @ts-expect-error the same in a loss that nobody has declared
  defineConfig({ loss: { use: './my-loss.ts', clip: { use: 'clip-higher', hihg: 0.3 } } }),
  // @ts-expect-error an option of another type, whichever the loss is
  defineConfig({ loss: { klCoefficient: 'much' } }),
  defineConfig({ loss: { clip: './my-clip.ts', kl: false }, policy: { checkpoint: null } }),
  // Lists may be readonly, whole or in parts.
  defineConfig({ prompts: { train: { use: 'arithmetic', operations: ['+', '-'] as const } } }),
  defineConfig({ prompts: { train: { operations: ['+', '*'] as const } } }),
  // @ts-expect-error a list of something else
  defineConfig({ prompts: { train: { use: 'arithmetic', operations: ['+', 3] as const } } }),
];

test('a config is what it was, typed by the plugins that it names', () => {
  expect(configs[1]).toEqual({ loss: { clip: { use: 'clip-higher', low: 0.2 } } });
});
