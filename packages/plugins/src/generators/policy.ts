import {
  type Completion,
  definePlugin,
  type Generator,
  type GenerateRequest,
  type Group,
  type Policy,
  type PolicyVersion,
  type Prompt,
  promptTooLong,
  type Random,
  type Response,
  type Tokenizer,
  tokens,
} from '@dapo/core';

/** A completion as a response that nobody has scored yet. */
export function unscoredResponse(
  { tokens: ids, logProbs, finish }: Completion,
  text: string,
  version: number,
): Response {
  return {
    tokens: ids,
    sampled: new Uint8Array(ids.length).fill(1),
    behaviourLogProbs: logProbs,
    policyVersion: version,
    finish,
    text,
    score: null,
    reward: 0,
    components: {},
    verdict: 'keep',
  };
}

/** Samples from the policy that is trained, in this process. */
class PolicyGenerator implements Generator {
  private version?: PolicyVersion;

  constructor(
    private readonly policy: Policy,
    private readonly tokenizer: Tokenizer,
    private readonly random: Random,
  ) {}

  async generate(request: GenerateRequest): Promise<Group[]> {
    const { prompts, groupSize, sampling, purpose, step, round } = request;
    const { version } = (this.version ??= await this.policy.publish());
    const promptTokens = prompts.map((prompt) => this.encode(prompt, sampling.maxResponseLength));
    // The round is no part of a key: a response is the same in whichever round its prompt is tried.
    const keys = prompts.map(({ id, visit }) => this.random.key(purpose, step, id, visit));
    const completions = await this.policy.generate({
      prompts: promptTokens,
      groupSize,
      sampling,
      endToken: this.tokenizer.endToken,
      key: (prompt, response) => keys[prompt]!.at(response),
    });
    return prompts.map((prompt, p) => ({
      prompt,
      promptTokens: promptTokens[p]!,
      responses: completions
        .slice(p * groupSize, (p + 1) * groupSize)
        .map((completion) => unscoredResponse(completion, this.tokenizer.decode(completion.tokens), version)),
      round,
      verdict: 'keep',
    }));
  }

  async update(policy: Policy): Promise<void> {
    this.version?.release();
    this.version = await policy.publish();
  }

  dispose(): void {
    this.version?.release();
  }

  private encode(prompt: Prompt, maxResponseLength: number): Int32Array {
    const ids = this.tokenizer.encodePrompt(prompt);
    const { contextLength } = this.policy.traits;
    const limit = contextLength - maxResponseLength;
    if (ids.length > limit) throw promptTooLong(prompt.origin ?? prompt.id, ids.length, limit);
    return ids;
  }
}

export default definePlugin({
  kind: 'generator',
  name: 'policy',
  summary: 'Samples from the trained policy itself, in this process, so that behaviour and old policy are the same.',
  source: { title: 'our own' },
  departures: 'none',
  inject: { policy: tokens.policy, tokenizer: tokens.tokenizer, random: tokens.random },
  create: (_, { policy, tokenizer, random }) => new PolicyGenerator(policy, tokenizer, random),
});
