import {
  definePlugin,
  tokens,
  type Completion,
  type Generator,
  type GenerateRequest,
  type Group,
  type OptionsOf,
  type Policy,
  type PolicyVersion,
  type Random,
  type Response,
  type Tokenizer,
  z,
} from '@dapo/core';

const options = z.strictObject({
  stop: z.string().optional().describe('text whose first appearance ends a response; the text after it is not scored'),
});

/** The text up to and with the first appearance of a stop text. */
export function cutAt(text: string, stop: string | undefined): string {
  const at = stop === undefined ? -1 : text.indexOf(stop);
  return at < 0 ? text : text.slice(0, at + stop!.length);
}

/** Samples from the trained policy; rewards see the text up to the stop text, the loss every token. */
class CuttingGenerator implements Generator {
  private version?: PolicyVersion;
  private readonly stop: string | undefined;
  private readonly policy: Policy;
  private readonly tokenizer: Tokenizer;
  private readonly random: Random;

  constructor(stop: string | undefined, policy: Policy, tokenizer: Tokenizer, random: Random) {
    this.stop = stop;
    this.policy = policy;
    this.tokenizer = tokenizer;
    this.random = random;
  }

  async generate({ prompts, groupSize, sampling, purpose, step, round }: GenerateRequest): Promise<Group[]> {
    const { version } = (this.version ??= await this.policy.publish());
    const promptTokens = prompts.map((prompt) => this.tokenizer.encodePrompt(prompt));
    // A number hangs on seed, step, prompt and visit, so that a response is the same in any batch.
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
        .map((completion) => this.response(completion, version)),
      round,
      verdict: 'keep',
    }));
  }

  /** From now on the new weights. */
  async update(policy: Policy): Promise<void> {
    this.version?.release();
    this.version = await policy.publish();
  }

  dispose(): void {
    this.version?.release();
  }

  private response({ tokens: ids, logProbs, finish }: Completion, policyVersion: number): Response {
    return {
      tokens: ids,
      sampled: new Uint8Array(ids.length).fill(1),
      behaviourLogProbs: logProbs,
      policyVersion,
      finish,
      text: cutAt(this.tokenizer.decode(ids), this.stop),
      score: null,
      reward: 0,
      components: {},
      verdict: 'keep',
    };
  }
}

export default definePlugin({
  kind: 'generator',
  name: 'my-generator',
  summary: 'Samples from the trained policy, and cuts the text at a stop text.',
  source: { title: 'our own' },
  options,
  inject: { policy: tokens.policy, tokenizer: tokens.tokenizer, random: tokens.random },
  create: ({ stop }, { policy, tokenizer, random }) => new CuttingGenerator(stop, policy, tokenizer, random),
});

/** With `plugins: ['./plugins/my-generator.ts']` in a config, `use: 'my-generator'` completes there and its options are checked. */
declare module '@dapo/core' {
  interface PluginCatalogue {
    'my-generator': {
      generator: { 'my-generator': OptionsOf<(typeof import('./my-generator.js'))['default']> };
    };
  }
}
