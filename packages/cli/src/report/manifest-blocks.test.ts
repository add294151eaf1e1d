import type { RunManifest } from '@dapo/core';
import { expect, test } from 'vitest';
import { manifestBlocks, withoutFolders } from './manifest-blocks.js';
import type { ReportSource } from './source.js';

const manifest = (seed: number, clip: string, hash = 'a'): RunManifest => ({
  format: 1,
  name: 'tiny',
  startedAt: `2026-11-2${seed}`,
  seed,
  config: { seed, loss: { use: 'policy-gradient', clip: { use: clip } } },
  origins: { seed: '/home/somebody/study/dapo.config.ts' },
  configFolder: '/home/somebody/study',
  engine: { '@dapo/core': '0.1.0' },
  plugins: {
    'loss.clip': { kind: 'clip-rule', name: clip, origin: '@dapo/plugins@0.1.0', hash: clip.repeat(9) },
    'rewards.mine': {
      kind: 'reward',
      name: 'mine',
      origin: '/home/somebody/study/mine.ts',
      hash: hash.repeat(64),
    },
  },
  data: {},
  backend: { name: 'wasm' },
  machine: { node: 'v22' },
});
const run = (variant: string, own: RunManifest): unknown => ({
  variant,
  seed: own.seed,
  state: 'finished',
  manifest: own,
});
const source = {
  kind: 'study',
  folder: '/home/somebody/study/runs/study-clips',
  facts: {
    plan: { study: 'clips', variants: [{ name: 'config' }, { name: 'clip' }], comparisons: [] },
    runs: [
      run('config', manifest(1, 'clip-higher')),
      run('config', manifest(2, 'clip-higher', 'b')),
      run('clip', manifest(1, 'clip')),
    ],
  },
} as unknown as ReportSource;

test('one manifest is shown whole, of the others what differs, and no path outside of the study', () => {
  const blocks = manifestBlocks(source);
  const table = blocks.find((block) => block.kind === 'table');
  expect(table?.kind === 'table' && table.rows.map((row) => row.at(-1))).toEqual([
    'nothing',
    'seed: 1 → 2; rewards.mine.hash: aaaaaaaaaaaa → bbbbbbbbbbbb',
    'loss.clip: clip-higher → clip',
  ]);
  expect(blocks.filter(({ kind }) => kind === 'folded')).toHaveLength(1);
  expect(JSON.stringify(blocks)).not.toContain('/home/somebody');
});

test('paths begin at the folder of the study', () => {
  const shown = withoutFolders(manifest(1, 'clip'), '/home/somebody/study/runs/study-clips');
  expect(shown.configFolder).toBe('../..');
  expect(shown.plugins['rewards.mine']!.origin).toBe('../../mine.ts');
});
