import {
  definePlugin,
  RandomKey,
  repeatingSource,
  tokens,
  z,
  type Plugin,
  type PluginManifest,
  type Policy,
  type Prompt,
  type SampleRequest,
} from '@dapo/core';
import { cliVersion } from '../cli-version.js';
import { CHARACTERS } from './configurations.js';

const PROMPTS = 4096;

/** Draws never reach the end token, the last of the vocabulary, while its probability is below this. */
const END_SHARE = 0.25;

/** Prompt `index`: a text of exactly so many characters, different for each index. */
export function benchPrompt(index: number, length: number): Omit<Prompt, 'visit'> {
  const digits = String(index).padStart(6, '0');
  const input = Array.from({ length }, (_, i) => CHARACTERS[(Number(digits[i % 6]) + 7 * i) % CHARACTERS.length]).join(
    '',
  );
  return { id: `bench-${digits}`, input, columns: {} };
}

/** The numbers of a key, such that a response ends at its length and not before. */
class LengthKey extends RandomKey {
  constructor(
    key: RandomKey,
    private readonly length: number,
  ) {
    super(key.bits(0), key.bits(1));
  }

  override uniform(index: number): number {
    return index === this.length - 1 ? 1 : (1 - END_SHARE) * super.uniform(index);
  }
}

/** The policy, with responses of full length, or with lengths uniform in 1 … the longest. */
function withLengths(policy: Policy, ragged: boolean): Policy {
  const keyOf =
    ({ key, sampling }: Pick<SampleRequest, 'key' | 'sampling'>): SampleRequest['key'] =>
    (prompt, response) => {
      const own = key(prompt, response);
      const length = ragged ? 1 + own.at('length').integer(0, sampling.maxResponseLength) : Number.POSITIVE_INFINITY;
      return new LengthKey(own, length);
    };
  // Everything else is asked of the policy itself, through the prototype chain.
  return Object.assign(Object.create(policy) as Policy, {
    generate: (request: SampleRequest) => policy.generate({ ...request, key: keyOf(request) }),
  });
}

const prompts = definePlugin({
  kind: 'prompts',
  name: 'bench-prompts',
  options: z.strictObject({ length: z.int().positive() }),
  inject: { random: tokens.random },
  create: ({ length }, { random }) =>
    repeatingSource(
      { size: PROMPTS, fingerprint: `bench-prompts ${length}`, at: (index) => benchPrompt(index, length) },
      random,
    ),
});

/** As the baseline in TRL has it: right is what begins with a digit. */
const reward = definePlugin({
  kind: 'reward',
  name: 'bench-reward',
  role: 'task',
  options: z.strictObject({}),
  create: () => ({ score: (batch) => batch.map(({ response }) => (/^[0-9]/.test(response.text) ? 1 : -1)) }),
});

const generator = (shipped: Plugin<'generator'>) =>
  definePlugin({
    kind: 'generator',
    name: 'bench-generator',
    options: z.strictObject({ ragged: z.boolean() }),
    inject: { policy: tokens.policy, tokenizer: tokens.tokenizer, random: tokens.random },
    create: ({ ragged }, { policy, ...others }) =>
      shipped.create({}, { ...others, policy: withLengths(policy, ragged) } as never),
  });

/** What the built-in configurations need and nobody else does. */
export function benchManifest(shippedGenerator: () => Promise<{ readonly default: unknown }>): PluginManifest {
  return {
    name: '@dapo/cli/benchmark',
    version: cliVersion(),
    plugins: {
      prompts: { 'bench-prompts': () => Promise.resolve({ default: prompts }) },
      reward: { 'bench-reward': () => Promise.resolve({ default: reward }) },
      generator: {
        'bench-generator': async () => ({
          default: generator((await shippedGenerator()).default as Plugin<'generator'>),
        }),
      },
    },
  };
}
