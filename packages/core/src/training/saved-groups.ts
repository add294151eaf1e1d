import type { Group, Json, Prompt, Response } from '../contracts/index.js';

type SavedResponse = Omit<Response, 'tokens' | 'sampled' | 'behaviourLogProbs' | 'tokenRewards'> & {
  readonly tokens: readonly number[];
  readonly sampled: readonly number[];
  readonly behaviourLogProbs: readonly number[];
  readonly tokenRewards?: readonly number[];
};
type SavedGroup = Omit<Group, 'promptTokens' | 'responses'> & {
  readonly promptTokens: readonly number[];
  readonly responses: readonly SavedResponse[];
};

/**
 * Groups as JSON, for the state of a sampler that trains on them in a later step. Float32 numbers survive it exactly.
 *
 * @param groups their prompts' columns hold nothing but what JSON can
 */
export function groupsToJson(groups: readonly Group[]): Json {
  const saved = groups.map((group): SavedGroup => ({
    ...group,
    promptTokens: [...group.promptTokens],
    responses: group.responses.map((response) => ({
      ...response,
      tokens: [...response.tokens],
      sampled: [...response.sampled],
      behaviourLogProbs: [...response.behaviourLogProbs],
      tokenRewards: response.tokenRewards && [...response.tokenRewards],
    })),
  }));
  return JSON.parse(JSON.stringify(saved)) as Json;
}

/** What `groupsToJson` gave, as groups again. */
export function groupsFromJson(json: Json): Group[] {
  return (json as unknown as readonly SavedGroup[]).map((group) => ({
    ...group,
    prompt: group.prompt as Prompt,
    promptTokens: Int32Array.from(group.promptTokens),
    responses: group.responses.map(({ tokenRewards, ...response }) => ({
      ...response,
      tokens: Int32Array.from(response.tokens),
      sampled: Uint8Array.from(response.sampled),
      behaviourLogProbs: Float32Array.from(response.behaviourLogProbs),
      ...(tokenRewards && { tokenRewards: Float32Array.from(tokenRewards) }),
    })),
  }));
}

/** A group that may be trained on once more: what a step writes into one doesn't reach the other. */
export function copyGroup(group: Group): Group {
  return {
    ...group,
    responses: group.responses.map((response) => ({ ...response, components: { ...response.components } })),
  };
}
