import { test } from 'vitest';
import { checkContract } from '../../packages/core/src/testing/contracts/check-contract.js';
import manifest from '../../packages/plugins/src/index.js';
import type { Kind } from '@dapo/core';
const kinds = (process.env.KINDS ?? 'clip-rule').split(',') as Kind[];
const given: any = {
  'policy transformer': { options: { hiddenSize: 8, layers: 1, heads: 2, intermediateSize: 12, contextLength: 16 } },
  'prompts csv': { options: { file: '/tmp/ct.csv' } },
  'prompts jsonl': { options: { file: '/tmp/ct.jsonl' } },

  'filter top-k-responses': { options: { keep: 2 } },
  'reward regex-format': { options: { pattern: 'a+' } },
  'loss clip-cov': { options: { share: 0.3, least: -50, most: 50 } },
};
for (const kind of kinds) for (const [name, load] of Object.entries(manifest.plugins[kind]!))
test(`${kind} ${name}`, async () => {
  const t = performance.now();
  const plugin = (await load()).default as any;
  const f = await checkContract(plugin, given[`${kind} ${name}`] ?? {});
  console.log(kind, name, (performance.now()-t).toFixed(0), JSON.stringify(f, null, 1));
});
