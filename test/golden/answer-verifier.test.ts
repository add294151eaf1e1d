import { expect } from 'vitest';
import { fixtureGroup, fixturePrompt, fixtureResponse } from '@dapo/core/testing';
import { readGolden } from './golden-folder.js';
import { makeInstance, type GoldenPlugin } from './golden-plugins.js';
import { GoldenReport } from './golden-report.js';

interface Case {
  readonly completion: string;
  readonly ground_truth: string;
  readonly score: number;
  readonly acc: boolean;
}

const plugin: GoldenPlugin<'reward'> = { kind: 'reward', name: 'answer-line' };
const report = new GoldenReport('answer-verifier.json');

for (const { completion, ground_truth: reference, score, acc } of (
  readGolden('answer-verifier.json') as { cases: Case[] }
).cases) {
  report.entry(JSON.stringify([completion, reference]), [plugin], async () => {
    const reward = await makeInstance(plugin);
    const response = fixtureResponse({ text: completion });
    const item = { prompt: fixturePrompt({ reference }), response, group: fixtureGroup([response]) };
    const context = { step: 0, purpose: 'rollout', signal: () => new Float32Array(0) } as const;
    expect(await reward.score([item], context)).toMatchObject([{ reward: score, correct: acc }]);
  });
}
