import type { RolloutSettings } from '../config/resolved-config.js';
import type { Finish, SamplingSettings } from '../contracts/index.js';
import { responseLength } from '../contracts/index.js';
import type { Parts } from './parts.js';

export interface SampleSettings extends Partial<SamplingSettings> {
  /** Answers to each prompt. */
  readonly n: number;
}

export interface SampledAnswer {
  readonly text: string;
  /** Tokens, the end token included. */
  readonly length: number;
  readonly finish: Finish;
}

export interface SampledPrompt {
  readonly prompt: string;
  readonly answers: readonly SampledAnswer[];
}

/** Answers to texts; the random numbers hang on the seed and the text. What isn't said is as in the rollout. */
export async function samplePrompts(
  { generator }: Pick<Parts, 'generator'>,
  texts: readonly string[],
  { n, ...chosen }: SampleSettings,
  rollout: RolloutSettings,
): Promise<SampledPrompt[]> {
  const { maxResponseLength, temperature, topP, topK } = rollout;
  const groups = await generator.instance.generate({
    prompts: texts.map((input) => ({ id: `«${input}»`, input, columns: {}, visit: 0 })),
    groupSize: n,
    sampling: { maxResponseLength, temperature, topP, topK, ...chosen },
    purpose: 'sample',
    step: 0,
    round: 0,
  });
  return groups.map(({ responses }, i) => ({
    prompt: texts[i]!,
    answers: responses.map((response) => ({
      text: response.text,
      length: responseLength(response),
      finish: response.finish,
    })),
  }));
}
