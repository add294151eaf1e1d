import type { GenerateRequest, Generator, Group } from '../../contracts/index.js';
import type { StandIns } from './stand-ins.js';

/** The stand-in policy as a generator. */
export class StandInGenerator implements Generator {
  constructor(private readonly standIns: Pick<StandIns, 'policy' | 'tokenizer' | 'random'>) {}

  async generate({ prompts, groupSize, sampling, purpose, step, round }: GenerateRequest): Promise<Group[]> {
    const { policy, tokenizer, random } = this.standIns;
    const promptTokens = prompts.map((prompt) => tokenizer.encodePrompt(prompt));
    const completions = await policy.generate({
      prompts: promptTokens,
      groupSize,
      sampling,
      endToken: tokenizer.endToken,
      key: (prompt, response) => random.key(purpose, step, prompts[prompt]!.id, prompts[prompt]!.visit, response),
    });
    return prompts.map((prompt, p) => ({
      prompt,
      promptTokens: promptTokens[p]!,
      responses: completions.slice(p * groupSize, (p + 1) * groupSize).map(({ tokens, logProbs, finish }) => ({
        tokens,
        sampled: new Uint8Array(tokens.length).fill(1),
        behaviourLogProbs: logProbs,
        policyVersion: 0,
        finish,
        text: tokenizer.decode(tokens),
        score: null,
        reward: 0,
        components: {},
        verdict: 'keep',
      })),
      round,
      verdict: 'keep',
    }));
  }

  async update(): Promise<void> {
    // It samples from the policy as it is.
  }
}
