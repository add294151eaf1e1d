import { optionsSchema, Random, tf, type Objective, type Plugin, type Policy, type PolicyBatch } from '@dapo/core';
import shipped from '@dapo/plugins';
import { repeated, startBackend } from './measure-backend.js';
import { timesOf } from './spread.js';
import type { GradientResult, GradientTask } from './task.js';

/** Log-probs of all tokens of a batch and the gradient of their mean, through the policy as the trainer uses it. */
export async function measureGradient(task: GradientTask): Promise<GradientResult> {
  await startBackend(task.backend, task.options);
  const before = tf.memory().numBytes;
  const policy = await createPolicy(task);
  const parameters = (tf.memory().numBytes - before) / 4;
  const batch = randomBatch(task);
  let gradientNorm = NaN;
  const seconds = await repeated(task.repeats, async () => {
    await policy.accumulate(batch, meanLogProb(task.rows * (task.tokens - 1)), { microBatch: 'auto' });
    gradientNorm = await policy.gradientNorm();
    await policy.discard();
  });
  await policy.dispose?.();
  return { parameters, pass: timesOf(seconds), gradientNorm, peakRssMiB: process.resourceUsage().maxRSS / 1024 };
}

async function createPolicy({ policy: options, vocabulary }: GradientTask): Promise<Policy> {
  const plugin = (await shipped.plugins.policy!['transformer']!()).default as Plugin<'policy'>;
  const tokenizer = { vocabularySize: vocabulary, endToken: 1, files: () => ({}) };
  return plugin.create(optionsSchema(plugin).parse(options), {
    tokenizer,
    random: new Random(1),
    configFolder: '/',
  } as never);
}

function randomBatch({ rows, tokens, vocabulary }: GradientTask): PolicyBatch {
  const draw = new Random(2).key('bench');
  const ids = (row: number, from: number, to: number): Int32Array =>
    Int32Array.from({ length: to - from }, (_, i) => draw.at(row).integer(from + i, vocabulary));
  const all = Array.from({ length: rows }, (_, row) => row);
  return {
    prompts: all.map((row) => ids(row, 0, 1)),
    responses: all.map((row) => ({ tokens: ids(row, 1, tokens) })),
    promptOf: Int32Array.from(all),
  };
}

function meanLogProb(count: number): Objective {
  return {
    temperature: 1,
    needsEntropy: false,
    evaluate: ({ logProbs }) => ({ total: tf.div(tf.neg(tf.sum(logProbs)), count), scalars: {} }),
  };
}
