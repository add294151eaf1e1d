import { resolveUserConfig, type Metrics, type UserConfig } from '@dapo/core';
import { testingManifest } from '@dapo/core/testing';
import { describe, expect, test } from 'vitest';
import pluginsManifest from '../../packages/plugins/src/index.js';
import { comparable, smallWorld, trainSmallWorld } from './tabular-run.js';

/** What tells that the technique of a preset has been at work, by metric. */
const signsOfWork: Readonly<Record<string, (steps: readonly Metrics[]) => number>> = {
  cispo: (steps) => steps[1]!['loss/clip-fraction-high']!,
  gfpo: (steps) => steps[0]!['filters/shortest/drop-responses: not in the top 4']!,
  gspo: (steps) => steps[1]!['loss/clip-fraction']!,
  'reinforce-plus-plus': (steps) => steps[1]!['rewards/kl/touched']!,
  rloo: (steps) => steps[1]!['rewards/kl/touched']!,
};

describe.each(Object.keys(pluginsManifest.presets!))('the preset %s', (preset) => {
  test('has no problem and nothing to warn of', async () => {
    const config = { extends: preset, ...smallWorld, evaluation: { every: 0 } } as unknown as UserConfig;
    const { problems, warnings } = await resolveUserConfig(config, { manifests: [testingManifest, pluginsManifest] });
    expect([...problems, ...warnings].map(({ message }) => message)).toEqual([]);
  });

  test('trains, and otherwise than GRPO', async () => {
    const steps = await trainSmallWorld(preset, ['budget.rolloutSteps=2']);
    expect(steps).toHaveLength(2);
    for (const metrics of steps) {
      for (const [name, value] of Object.entries(metrics)) expect(Number.isFinite(value), name).toBe(true);
      expect(metrics['update/gradient-norm']).toBeGreaterThan(0);
    }
    if (signsOfWork[preset]) expect(signsOfWork[preset](steps)).toBeGreaterThan(0);
    if (preset === 'grpo') return;
    const grpo = comparable(await trainSmallWorld('grpo', ['budget.rolloutSteps=2']));
    expect(comparable(steps).at(-1)!['update/loss']).not.toBe(grpo.at(-1)!['update/loss']);
  });
});
