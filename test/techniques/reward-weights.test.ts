import { expect, test } from 'vitest';
import { trainSmallWorld } from './tabular-run.js';

/** Every response ends at once; the answer is one of three letters. */
const world = {
  policy: { use: 'tabular', vocabularySize: 4, prompts: 4, length: 1 },
  rollout: { prompts: 4, groupSize: 8, maxResponseLength: 1 },
  budget: { rolloutSteps: 6 },
};
const formatted = (weight: unknown) => ({
  ...world,
  rewards: { answer: 'exact-answer', format: { use: 'regex-format', pattern: '^c', weight } },
});

test('a weight that moves is told, and shapes the reward with what it is at the step', async () => {
  const steps = await trainSmallWorld('grpo', [], formatted({ from: 8, to: 0, steps: 4 }));
  expect(steps.map((metrics) => metrics['rewards/format/weight'])).toEqual([8, 6, 4, 2, 0, 0]);
  steps.forEach((metrics) => {
    const shaped = metrics['rollout/score']! + metrics['rewards/format/weight']! * metrics['rewards/format/mean']!;
    expect(metrics['reward/mean']).toBeCloseTo(shaped, 5);
  });
});

test('a reward that fades out leaves the answer to be learned', async () => {
  const extra = { budget: { rolloutSteps: 16 } };
  const fading = await trainSmallWorld('grpo', [], { ...formatted({ from: 2.5, to: 0, steps: 4 }), ...extra });
  const lasting = await trainSmallWorld('grpo', [], { ...formatted(2.5), ...extra });
  expect(lasting[0]).not.toHaveProperty('rewards/format/weight');
  expect(fading.at(-1)!['rollout/accuracy']).toBeGreaterThan(lasting.at(-1)!['rollout/accuracy']! + 0.3);
});
