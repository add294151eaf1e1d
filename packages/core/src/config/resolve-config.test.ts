import { expect, test } from 'vitest';
import { fakeManifest, smallConfig } from '../testing/fake-manifest.js';
import { resolveUserConfig } from './resolve-user-config.js';
import { describeConfig } from './describe-config.js';

test('smoke', async () => {
  const r = await resolveUserConfig(smallConfig as object, { manifests: [fakeManifest] });
  console.log(JSON.stringify(r.config, null, 1), r.problems.map((p) => p.message), r.warnings.map((p) => p.message), [...r.provenance]);
  expect(r.config).toBeDefined();
  console.log(JSON.stringify(describeConfig(r.config!)));
  const bad = await resolveUserConfig({ ...smallConfig, sed: 1, rollout: { prompts: 0, x: 1 }, loss: { clip: { use: 'clip-highr' } }, optimizer: { learningRate: 'a', lr: 1 }, policy: { use: 'adamw' }, filters: { a: 'RLOO', 'b.c': 'x', z: false }, advantage: 'RLOO' } as object, { manifests: [fakeManifest], set: ['rewards.lenght=false', 'extends=grpo'] });
  console.log(bad.problems.map((p) => p.message).join('\n'));
});
