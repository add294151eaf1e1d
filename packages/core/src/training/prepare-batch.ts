import type { RewardContext } from '../contracts/index.js';
import { undeclaredMetric } from '../errors/run-errors.js';
import { wrongCount } from '../errors/training-errors.js';
import { callPlugin } from './call-plugin.js';
import { checkTensor } from './check-values.js';
import { estimateAdvantages } from './estimate-advantages.js';
import { tidyAround } from './kept-tensors.js';
import { Matrix } from './matrix.js';
import { checkMetricShape, MetricWeights } from './metric-weights.js';
import type { RolloutBatch } from './rollout-batch.js';
import { shapeRewards } from './score.js';
import type { TrainerContext } from './trainer.js';

/**
 * Everything that is computed once per rollout on the kept groups: signals, old log-probs, correction, shaping
 * rewards, advantages.
 */
export async function prepareBatch(batch: RolloutBatch, context: TrainerContext, step: number): Promise<void> {
  const { parts, config } = context;
  if (batch.responses.length === 0) return;
  await computeSignals(batch, context, step);
  if (config.update.oldLogProbs === 'recomputed') await recomputeOldLogProbs(batch, context);
  if (parts.correction) await computeCorrection(batch, context, step);
  const rewardContext: RewardContext = {
    step,
    purpose: 'rollout',
    signal: (name, response) => batch.signal(name).row(batch.rowOf(response)).subarray(0, response.tokens.length),
  };
  await shapeRewards(batch.groups, parts.rewards, rewardContext);
  batch.advantages = await estimateAdvantages(batch, parts.advantage, step);
}

/** Only what some part needs. */
async function computeSignals(batch: RolloutBatch, { parts, config }: TrainerContext, step: number): Promise<void> {
  if (parts.signals.length === 0) return;
  const users = [
    ...parts.rewards,
    ...parts.filters,
    parts.advantage,
    parts.loss,
    ...(parts.correction ? [parts.correction] : []),
  ];
  const needed = new Set(users.flatMap(({ needs }) => needs));
  for (const signal of parts.signals) {
    if (!signal.provides.some((name) => needed.has(name))) continue;
    const all = batch.policyBatch(batch.allRows);
    const { width, values } = await callPlugin(signal, step, () => signal.instance.compute(all, config.rollout));
    if (values.length !== batch.responses.length * width) {
      throw wrongCount(signal.label, 'values', batch.responses.length * width, values.length, signal.path);
    }
    const matrix = Matrix.fromWidth(batch.responses.length, batch.width, values, width);
    for (const name of signal.provides) batch.signals.set(name, matrix);
  }
}

/** The difference to what the sampler said of the same tokens is a metric: where it is large, the two disagree. */
async function recomputeOldLogProbs(batch: RolloutBatch, { parts, config, store }: TrainerContext): Promise<void> {
  const { temperature } = config.rollout;
  const { width, logProbs } = await parts.policy.instance.logProbs(batch.policyBatch(batch.allRows), { temperature });
  batch.oldLogProbs = Matrix.fromWidth(batch.responses.length, batch.width, logProbs, width);
  const { values } = batch.oldLogProbs;
  const largest = batch.sampledMask.values.reduce(
    (most, sampled, i) =>
      sampled === 1 ? Math.max(most, Math.abs(values[i]! - batch.behaviourLogProbs.values[i]!)) : most,
    0,
  );
  store.record('rollout/behaviour-difference', largest, 'max');
}

async function computeCorrection(batch: RolloutBatch, { parts, store }: TrainerContext, step: number): Promise<void> {
  const correction = parts.correction!;
  const counted = new MetricWeights(batch.lossMask, [...batch.groupOf]);
  const { weights, metrics } = tidyAround(correction, () => {
    const mask = batch.lossMask.whole();
    const outputs = callPlugin(correction, step, () =>
      correction.instance.weights({
        oldLogProbs: batch.oldLogProbs.whole(),
        behaviourLogProbs: batch.behaviourLogProbs.whole(),
        mask,
      }),
    );
    checkTensor(correction, (outputs as Partial<typeof outputs> | undefined)?.weights, mask.shape);
    const reduced = Object.entries(outputs.metrics ?? {}).map(([name, value]) => {
      const declaration = correction.metrics[name];
      if (!declaration)
        throw undeclaredMetric(correction.label, name, Object.keys(correction.metrics), correction.path);
      checkMetricShape(correction.label, name, value, declaration.over, mask.shape, correction.path);
      return [name, counted.partial(value, declaration, batch.allRows)] as const;
    });
    return { weights: outputs.weights, metrics: Object.fromEntries(reduced) };
  });
  batch.correction = new Matrix(batch.responses.length, batch.width, Float32Array.from(await weights.data()));
  for (const [name, value] of Object.entries(metrics)) {
    const declaration = correction.metrics[name]!;
    const whole = counted.whole([(await value.data())[0]!], declaration);
    if (counted.count('tokens') > 0) store.record(`correction/${name}`, whole, declaration.reduce);
    value.dispose();
  }
  weights.dispose();
}
