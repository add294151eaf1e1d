import { definePlugin, responseLength, tf, tokens, z } from '@dapo/core';

const options = z.strictObject({
  max: z.number().int().positive().optional().describe('L_max, tokens; default: rollout.maxResponseLength'),
  cache: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('L_cache, tokens: how far below L_max the punishment begins; default: a fifth of L_max'),
});

export interface Lengths {
  readonly max: number;
  readonly cache: number;
}

/** The options, with their defaults out of the rollout's limit. */
export function overlongLengths({ max, cache }: z.output<typeof options>, maxResponseLength: number): Lengths {
  const limit = max ?? maxResponseLength;
  return { max: limit, cache: cache ?? Math.max(1, Math.floor(limit / 5)) };
}

/**
 * Soft overlong punishment: 0 up to L_max − L_cache, ((L_max − L_cache) − |o|) / L_cache up to L_max, −1
 * beyond (DAPO, arXiv 2503.14476 eq. 13).
 *
 * @param lengths |o|: tokens that the policy chose, the end token included [responses]
 * @returns punishment [responses], −1 to 0
 * @example softOverlong([48, 56, 64, 70], { max: 64, cache: 16 }) → [0, -0.5, -1, -1]
 */
export function softOverlong(lengths: tf.Tensor1D, { max, cache }: Lengths): tf.Tensor {
  return tf.clipByValue(tf.div(tf.sub(max - cache, lengths), cache), -1, 0);
}

export default definePlugin({
  kind: 'reward',
  name: 'soft-overlong',
  role: 'shaping',
  summary: 'Punishes responses that come close to the length limit, the more the closer they come.',
  source: { title: 'DAPO, Soft Overlong Punishment', arxiv: '2503.14476', equation: '13' },
  departures: 'none',
  alsoKnownAs: ['overlong reward shaping', 'overlong_buffer', 'length punishment'],
  options,
  inject: { rollout: tokens.rollout },
  check(given, { rollout }) {
    const { max, cache } = overlongLengths(given, rollout.maxResponseLength);
    if (cache <= max) return [];
    const message = `cache is ${cache} tokens, more than the ${max} tokens of the limit: every response would be punished.`;
    return [
      {
        level: 'error',
        path: 'cache',
        message,
        hint: `Set it to ${max} or less; a fifth of the limit is usual.`,
      },
    ];
  },
  create: (given, { rollout }) => {
    const limits = overlongLengths(given, rollout.maxResponseLength);
    return {
      async score(batch) {
        const lengths = batch.map(({ response }) => responseLength(response));
        const punishment = tf.tidy(() => softOverlong(tf.tensor1d(lengths, 'float32'), limits));
        const values = await punishment.data();
        punishment.dispose();
        return Array.from(values);
      },
    };
  },
});
