import type { Plugin } from '@dapo/core';
import { describeContract, type AnyPlugin } from '@dapo/core/testing';
import webgpu from '../../packages/plugins/src/backends/webgpu.js';
import pluginsManifest from '../../packages/plugins/src/index.js';

/** One of each kind whose mathematics are tensors; the fast suite tries all plugins, on the backends that are fast. */
const tried: readonly (readonly [string, string])[] = [
  ['clip-rule', 'clip-higher'],
  ['ratio-level', 'sequence'],
  ['kl-term', 'k3'],
  ['aggregation', 'token'],
  ['advantage', 'group-norm'],
  ['filter', 'mixed-outcomes'],
  ['reward', 'soft-overlong'],
  ['correction', 'truncated-importance'],
];

describeContract(webgpu, { backends: [webgpu] });

for (const [kind, name] of tried) {
  const { default: plugin } = (await pluginsManifest.plugins[kind as 'filter']![name]!()) as {
    readonly default: Plugin;
  };
  describeContract(plugin as AnyPlugin, { backends: [webgpu] });
}
