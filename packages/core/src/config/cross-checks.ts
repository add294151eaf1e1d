import {
  checkThrew,
  miniBatchSplitsGroups,
  miniBatchTooLarge,
  needUnmet,
  nobodyJudges,
  noTaskReward,
  nothingToEvaluate,
  pluginRemark,
  severalCorrectRewards,
  truncatedSampling,
} from '../errors/config-errors.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { needsOf, providesOf } from '../plugin/container.js';
import { nodePlaces } from './nodes.js';
import type { PlacedNode, Resolution } from './resolution.js';
import { labelOf } from './resolve-node.js';
import type { ResolvedSettings } from './resolve-settings.js';
import type { ResolvedConfig } from './resolved-config.js';

/** What the engine provides by itself; whether the policy can is checked when there is one. */
const PROVIDED_BY_ENGINE = [
  'entropy',
  'current-log-probs',
  'old-log-probs',
  'frozen-weights',
  'gradient-norm-before-step',
];

/** What must fit among the engine's own keys. */
export function checkSettings({ rollout, update }: ResolvedSettings, resolution: Resolution): void {
  const { problems, warnings } = resolution;
  const responses = rollout.prompts * rollout.groupSize;
  const miniBatch = resolution.place('update.miniBatch');
  if (update.miniBatch > responses) problems.push(miniBatchTooLarge(miniBatch, update.miniBatch, responses));
  else if (update.miniBatch % rollout.groupSize !== 0) {
    problems.push(miniBatchSplitsGroups(miniBatch, update.miniBatch, rollout.groupSize));
  }
  if (rollout.topP < 1) warnings.push(truncatedSampling(resolution.place('rollout.topP')));
  else if (rollout.topK > 0) warnings.push(truncatedSampling(resolution.place('rollout.topK')));
}

/** What must fit between plugins, and what each has to say about the config that it stands in. */
export async function checkPlugins(config: ResolvedConfig, resolution: Resolution): Promise<void> {
  checkRewards(resolution);
  await checkEvaluation(config, resolution);
  await checkNeeds(resolution);
  for (const [path, node] of resolution.nodes) askPlugin(path, node, config, resolution);
}

function checkRewards({ nodes, problems }: Resolution): void {
  const task = [...nodes].filter(([, { plugin }]) => plugin.kind === 'reward' && (plugin.role ?? 'task') === 'task');
  if (task.length === 0) problems.push(noTaskReward());
  const correct = task
    .filter(([, { plugin, node }]) => providesOf(plugin, node.options).includes('correct'))
    .map(([path]) => path);
  if (correct.length > 1) problems.push(severalCorrectRewards(correct));
}

async function checkEvaluation({ evaluation, prompts }: ResolvedConfig, resolution: Resolution): Promise<void> {
  const { nodes, warnings, registry } = resolution;
  if (evaluation.every === 0) return;
  const place = resolution.place('evaluation.every');
  if (!prompts.heldOut) warnings.push(nothingToEvaluate(place));
  else if (![...nodes.values()].some(({ plugin, node }) => providesOf(plugin, node.options).includes('correct'))) {
    warnings.push(nobodyJudges(place, await providersOf('correct', registry)));
  }
}

async function checkNeeds(resolution: Resolution): Promise<void> {
  const { nodes, problems, registry } = resolution;
  const provided = new Set([
    ...PROVIDED_BY_ENGINE,
    ...[...nodes.values()].flatMap(({ plugin, node }) => providesOf(plugin, node.options)),
  ]);
  for (const [path, { plugin, node }] of nodes) {
    for (const need of needsOf(plugin, node.options)) {
      if (provided.has(need)) continue;
      problems.push(needUnmet(resolution.place(path), labelOf(plugin), need, await providersOf(need, registry)));
    }
  }
}

/** Plugins that would meet a need, with the places where they would stand. */
async function providersOf(need: string, registry: PluginRegistry): Promise<string[]> {
  const providers: string[] = [];
  for (const { path, kind, shape } of nodePlaces) {
    const place = shape === 'map' ? `${path}.NAME` : path;
    for (const { plugin } of await registry.all(kind)) {
      if (Array.isArray(plugin.provides) && plugin.provides.includes(need))
        providers.push(`${place}: '${plugin.name}'`);
    }
  }
  return providers;
}

function askPlugin(
  path: string,
  { plugin, node, modules = new Map() }: PlacedNode,
  config: ResolvedConfig,
  resolution: Resolution,
): void {
  try {
    for (const remark of plugin.check?.(node.options, config, modules) ?? []) {
      const place = resolution.place(remark.path ? `${path}.${remark.path}` : path);
      const told = pluginRemark(place, labelOf(plugin), remark.message, remark.hint);
      (remark.level === 'error' ? resolution.problems : resolution.warnings).push(told);
    }
  } catch (error) {
    resolution.problems.push(checkThrew(resolution.place(path), labelOf(plugin), error));
  }
}
