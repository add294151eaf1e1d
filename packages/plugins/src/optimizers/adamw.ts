import { definePlugin, hasKernel, runKernel, tf, z } from '@dapo/core';
import type { Optimizer, OptimizerInputs, SavedTensor, State } from '@dapo/core';

const options = z.strictObject({
  learningRate: z.number().positive().default(1e-6).describe('Base learning rate; the schedule multiplies it'),
  beta1: z.number().min(0).lt(1).default(0.9).describe('Decay of the first moment'),
  beta2: z.number().min(0).lt(1).default(0.999).describe('Decay of the second moment'),
  eps: z.number().positive().default(1e-8).describe('Added to the root of the second moment'),
  weightDecay: z.number().nonnegative().default(0).describe('Decoupled weight decay, times the learning rate'),
  decay: z
    .enum(['matrices', 'all'])
    .default('matrices')
    .describe('Which parameters decay: those of two or more dimensions, or all'),
  maxGradientNorm: z
    .union([z.number().nonnegative(), z.literal(false)])
    .default(1)
    .describe('Gradients are scaled down to this global norm; 0 or false: never'),
});
type Options = z.output<typeof options>;

/** torch adds it to the norm before dividing. */
const NORM_EPS = 1e-6;

/** Factor that brings gradients of a global norm down to `max`: min(1, max / (norm + 1e-6)), as torch. */
export function clipFactor(norm: number, max: number | false): number {
  return max === false || max === 0 ? 1 : Math.min(1, max / (norm + NORM_EPS));
}

export interface AdamMoments {
  readonly first: tf.Variable;
  readonly second: tf.Variable;
}

export interface AdamStep {
  /** Steps taken, this one included. */
  readonly step: number;
  readonly learningRate: number;
  /** Factor on the gradient. */
  readonly clip: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
}

/**
 * One step of AdamW on one parameter, in place:
 *   m ← β1·m + (1 − β1)·g,  v ← β2·v + (1 − β2)·g²
 *   p ← (1 − η·λ)·p − η · m/(1 − β1^t) / (sqrt(v/(1 − β2^t)) + eps)
 * The constants of the bias correction are folded together on the host, so that it takes a dozen tensor
 * operations.
 */
export function adamStep(parameter: tf.Variable, gradient: tf.Tensor, moments: AdamMoments, s: AdamStep): void {
  const { first, second } = moments;
  const rootCorrection = Math.sqrt(1 - s.beta2 ** s.step);
  const rate = (s.learningRate * rootCorrection) / (1 - s.beta1 ** s.step);
  tf.tidy(() => {
    const clipped = s.clip === 1 ? gradient : tf.mul(gradient, s.clip);
    first.assign(tf.add(tf.mul(first, s.beta1), tf.mul(clipped, 1 - s.beta1)));
    second.assign(tf.add(tf.mul(second, s.beta2), tf.mul(tf.square(clipped), 1 - s.beta2)));
    const direction = tf.div(first, tf.add(tf.sqrt(second), s.eps * rootCorrection));
    const decayed = s.weightDecay === 0 ? parameter : tf.mul(parameter, 1 - s.learningRate * s.weightDecay);
    parameter.assign(tf.sub(decayed, tf.mul(direction, rate)));
  });
}

/**
 * The same in one kernel, where the backend has it. Its results take the place of what they are made from: only those of one
 * parameter lie there twice.
 */
function fusedAdamStep(parameter: tf.Variable, gradient: tf.Tensor, { first, second }: AdamMoments, s: AdamStep): void {
  const rootCorrection = Math.sqrt(1 - s.beta2 ** s.step);
  const attributes = {
    clip: s.clip,
    beta1: s.beta1,
    beta2: s.beta2,
    rest1: 1 - s.beta1,
    rest2: 1 - s.beta2,
    eps: s.eps * rootCorrection,
    rate: (s.learningRate * rootCorrection) / (1 - s.beta1 ** s.step),
    keep: 1 - s.learningRate * s.weightDecay,
  };
  tf.tidy(() => {
    const results = runKernel('DapoAdamW', { parameter, gradient, first, second }, attributes);
    [parameter, first, second].forEach((variable, i) => variable.assign(results[i]!));
  });
}

async function saved(tensor: tf.Tensor): Promise<SavedTensor> {
  return { shape: tensor.shape, values: Float32Array.from(await tensor.data()) };
}

class AdamW implements Optimizer {
  readonly learningRate: number;
  private step = 0;
  private readonly moments = new Map<string, AdamMoments>();

  readonly settings: Options;

  constructor(settings: Options) {
    this.settings = settings;
    this.learningRate = settings.learningRate;
  }

  apply({ parameters, gradients, learningRate, gradientNorm }: OptimizerInputs): void {
    const { weightDecay, decay, maxGradientNorm } = this.settings;
    this.step += 1;
    const common = {
      ...this.settings,
      step: this.step,
      learningRate,
      clip: clipFactor(gradientNorm, maxGradientNorm),
    };
    const stepOf = hasKernel('DapoAdamW') ? fusedAdamStep : adamStep;
    for (const [name, gradient] of Object.entries(gradients)) {
      const parameter = parameters[name]!;
      const decays = decay === 'all' || parameter.rank >= 2;
      stepOf(parameter, gradient, this.momentsOf(name, parameter), {
        ...common,
        weightDecay: decays ? weightDecay : 0,
      });
    }
  }

  async state(): Promise<State> {
    const tensors: Record<string, SavedTensor> = {};
    for (const [name, { first, second }] of this.moments) {
      tensors[`first/${name}`] = await saved(first);
      tensors[`second/${name}`] = await saved(second);
    }
    return { json: { step: this.step }, tensors };
  }

  restore({ json, tensors = {} }: State): void {
    this.dispose();
    this.step = (json as { step: number }).step;
    for (const key of Object.keys(tensors).filter((k) => k.startsWith('first/'))) {
      const name = key.slice('first/'.length);
      const read = (moment: string): tf.Variable => {
        const { values, shape } = tensors[`${moment}/${name}`]!;
        return variable(() => tf.tensor(values, [...shape]));
      };
      this.moments.set(name, { first: read('first'), second: read('second') });
    }
  }

  dispose(): void {
    for (const { first, second } of this.moments.values()) tf.dispose([first, second]);
    this.moments.clear();
  }

  private momentsOf(name: string, parameter: tf.Tensor): AdamMoments {
    let moments = this.moments.get(name);
    if (!moments) {
      const zeros = (): tf.Variable => variable(() => tf.zeros(parameter.shape));
      moments = { first: zeros(), second: zeros() };
      this.moments.set(name, moments);
    }
    return moments;
  }
}

/** A variable that no gradient is taken of. */
function variable(initial: () => tf.Tensor): tf.Variable {
  return tf.tidy(() => tf.variable(initial(), false));
}

export default definePlugin({
  kind: 'optimizer',
  name: 'adamw',
  summary: 'Adam with decoupled weight decay, behind a clip of the global gradient norm.',
  source: { title: 'Decoupled Weight Decay Regularization', arxiv: '1711.05101', equation: 'algorithm 2' },
  departures: 'As torch.optim.AdamW; decay is 0 by default and leaves parameters of one dimension alone.',
  alsoKnownAs: ['Adam'],
  options,
  moments: 2,
  create: (settings) => new AdamW(settings),
});
