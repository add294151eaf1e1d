import { fixtureGroup, fixturePrompt, fixtureResponse } from '@dapo/core/testing';
import { readGolden } from './golden-folder.js';
import { makeInstance, type GoldenPlugin } from './golden-plugins.js';
import { GoldenReport } from './golden-report.js';
import { expectGoldenScalar } from './golden-tolerance.js';

interface Case {
  readonly max_length: number;
  readonly cache: number;
  readonly length: number;
  readonly penalty: number;
}

const report = new GoldenReport('soft-overlong.json');
for (const { max_length: max, cache, length, penalty } of (readGolden('soft-overlong.json') as { cases: Case[] })
  .cases) {
  const plugin: GoldenPlugin<'reward'> = { kind: 'reward', name: 'soft-overlong', options: { max, cache } };
  const where = `${length} tokens of ${max}, cache ${cache}`;
  report.entry(where, [plugin], async () => {
    const reward = await makeInstance(plugin, { rollout: { maxResponseLength: 1 } });
    const response = fixtureResponse({ length });
    const item = { prompt: fixturePrompt(), response, group: fixtureGroup([response]) };
    const context = { step: 0, purpose: 'rollout', signal: () => new Float32Array(0) } as const;
    const [value] = await reward.score([item], context);
    await expectGoldenScalar(value as number, penalty, where);
  });
}
