import type { Generator, Group, Prompt, RewardContext, SamplingSettings } from '../contracts/index.js';
import { pluginThrew } from '../errors/run-errors.js';
import { isDapoError } from '../errors/dapo-error.js';
import { dropUnscored, filterGroups, type OnFiltered } from './filter-groups.js';
import type { Parts, Placed } from './parts.js';
import { scoreTasks } from './score.js';

export interface RollOutRequest {
  readonly prompts: readonly Prompt[];
  readonly groupSize: number;
  readonly sampling: SamplingSettings;
  readonly purpose: 'rollout' | 'evaluation';
  readonly step: number;
  readonly round: number;
}

/** prompts → generated and scored groups. */
export async function generateAndScore(
  parts: Pick<Parts, 'generator' | 'rewards'>,
  request: RollOutRequest,
): Promise<Group[]> {
  const groups = await generate(parts.generator, request);
  const context: RewardContext = {
    step: request.step,
    purpose: request.purpose,
    signal: () => new Float32Array(0),
  };
  await scoreTasks(groups, parts.rewards, context);
  return groups;
}

async function generate(generator: Placed<Generator>, request: RollOutRequest): Promise<Group[]> {
  try {
    return await generator.instance.generate(request);
  } catch (error) {
    if (isDapoError(error)) throw error;
    throw pluginThrew(generator.kind, generator.name, generator.path, request.step, error);
  }
}

/** prompts → generated, scored and filtered groups; every group comes back with its verdict. */
export async function rollOut(
  parts: Pick<Parts, 'generator' | 'rewards' | 'filters'>,
  request: RollOutRequest,
  observe: { readonly scored: (groups: readonly Group[]) => void; readonly filtered: OnFiltered },
): Promise<Group[]> {
  const groups = await generateAndScore(parts, request);
  observe.scored(groups);
  dropUnscored(groups, observe.filtered);
  await filterGroups(groups, parts.filters, request.step, observe.filtered);
  return groups;
}
