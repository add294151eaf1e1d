import type { Generator, Group, Prompt, Response, RewardContext, SamplingSettings } from '../contracts/index.js';
import type { When } from '../errors/when.js';
import { generatorWrong, signalMissing } from '../errors/training-errors.js';
import { countOf } from './check-values.js';
import { callPlugin } from './call-plugin.js';
import { dropUnscored, filterGroups, type OnFiltered } from './filter-groups.js';
import type { Parts, Placed } from './parts.js';
import { scoreTasks } from './score.js';

export interface RollOutRequest {
  readonly prompts: readonly Prompt[];
  readonly groupSize: number;
  readonly sampling: SamplingSettings;
  readonly purpose: 'rollout' | 'evaluation';
  /** Part of the key of every random number. */
  readonly step: number;
  readonly round: number;
  /** What errors say; by default the step. */
  readonly when?: When;
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
    signal: (name) => {
      throw signalMissing(name, []);
    },
  };
  await scoreTasks(groups, parts.rewards, context, request.when);
  return groups;
}

async function generate(generator: Placed<Generator>, request: RollOutRequest): Promise<Group[]> {
  const groups = await callPlugin(generator, request.when ?? request.step, () => generator.instance.generate(request));
  const wrong = (what: string, expected: string, received: string): Error =>
    generatorWrong(generator.label, generator.path, what, expected, received);
  const given = countOf(groups);
  if (given !== request.prompts.length) {
    throw wrong('the wrong number of groups', `${request.prompts.length}, one per prompt`, String(given));
  }
  for (const { prompt, responses } of groups) {
    for (const response of responses) {
      const fault = faultOf(response, request.sampling.maxResponseLength);
      if (fault) throw wrong(`a response to «${prompt.id}» that doesn't fit`, fault.expected, fault.received);
    }
  }
  return groups;
}

/** What is wrong with a response as a generator gives it. */
function faultOf(
  { tokens, sampled, behaviourLogProbs }: Response,
  longest: number,
): { readonly expected: string; readonly received: string } | undefined {
  const { length } = tokens;
  if (length > longest) return { expected: `at most ${longest} tokens`, received: String(length) };
  if (sampled.length !== length)
    return { expected: `${length} marks of who chose a token`, received: String(sampled.length) };
  if (behaviourLogProbs.length !== length)
    return { expected: `${length} log-probs`, received: String(behaviourLogProbs.length) };
  const wrong = behaviourLogProbs.find((logProb) => !(logProb <= 0 && logProb > -Infinity));
  // Log-probs are sums of float32 exponentials: a certain token may come out a hair above 0.
  return wrong === undefined || (wrong > 0 && wrong < 1e-3)
    ? undefined
    : { expected: 'finite log-probs of at most 0', received: String(wrong) };
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
