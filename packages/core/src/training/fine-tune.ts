import { tf } from '../tensors/tf.js';
import { inside } from '../tensors/masked.js';
import type { Objective, PolicyBatch, Prompt, Progress } from '../contracts/index.js';
import { nonFiniteUpdate, targetMissing } from '../errors/training-errors.js';
import type { ResolvedConfig } from '../config/resolved-config.js';
import type { Session } from './session.js';

export interface FineTuneOptions {
  /** Optimizer steps. */
  readonly steps: number;
  /** Examples per optimizer step. */
  readonly batch: number;
}

/**
 * Supervised warm start: maximises the log-prob of each prompt's target (its column `target`, else its reference) and
 * of the end token after it, a mean over all tokens of the batch.
 *
 * @returns the mean loss of every step, nats per token
 */
export async function fineTune(
  session: Session,
  config: ResolvedConfig,
  { steps, batch }: FineTuneOptions,
  onStep?: (step: number, loss: number) => void,
): Promise<number[]> {
  const { parts } = session;
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const examples = policyBatchOf(session, await parts.trainPrompts.next(batch));
    const progress: Progress = { rolloutStep: step, optimizerStep: step, fraction: step / steps };
    const loss = await fineTuneOnce(session, config, examples, progress);
    session.counters.optimizerSteps += 1;
    losses.push(loss);
    onStep?.(step + 1, loss);
  }
  await parts.generator.instance.update(parts.policy.instance);
  return losses;
}

async function fineTuneOnce(
  { parts }: Session,
  config: ResolvedConfig,
  examples: PolicyBatch,
  progress: Progress,
): Promise<number> {
  const policy = parts.policy.instance;
  const tokens = examples.responses.reduce((sum, response) => sum + response.tokens.length, 0);
  await policy.discard();
  const report = await policy.accumulate(examples, negativeLogLikelihood(examples, tokens), config.update);
  const loss = report.parts.reduce((sum, part) => sum + part.total!, 0);
  const gradientNorm = await policy.gradientNorm();
  if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
    await policy.discard();
    throw nonFiniteUpdate('supervised fine-tuning', progress.rolloutStep, loss, gradientNorm);
  }
  const optimizer = parts.optimizer.instance;
  const learningRate = optimizer.learningRate * parts.schedule.instance.factor(progress);
  await policy.step({ optimizer, learningRate, gradientNorm });
  return loss;
}

/** −Σ log π / tokens, over the target tokens. */
function negativeLogLikelihood(examples: PolicyBatch, tokens: number): Objective {
  return {
    temperature: 1,
    needsEntropy: false,
    evaluate: ({ logProbs, rows }) => {
      const width = logProbs.shape[1];
      const mask = tf.tensor2d(
        rows.flatMap((row) => {
          const { length } = examples.responses[row]!.tokens;
          return Array.from({ length: width }, (_, t) => (t < length ? 1 : 0));
        }),
        [rows.length, width],
      );
      return { total: tf.div<tf.Scalar>(tf.neg(tf.sum(inside(logProbs, mask))), tokens), scalars: {} };
    },
  };
}

function policyBatchOf({ parts }: Session, prompts: readonly Prompt[]): PolicyBatch {
  const { tokenizer } = parts;
  return {
    prompts: prompts.map((prompt) => tokenizer.encodePrompt(prompt)),
    responses: prompts.map((prompt) => {
      const target = prompt.columns['target'] ?? prompt.reference;
      if (typeof target !== 'string') throw targetMissing(prompt.id, prompt.origin);
      return { tokens: Int32Array.from([...tokenizer.encode(target), tokenizer.endToken]) };
    }),
    promptOf: Int32Array.from(prompts.map((_, i) => i)),
  };
}
