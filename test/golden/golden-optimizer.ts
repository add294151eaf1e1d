import { tf, type Optimizer, type Schedule } from '@dapo/core';
import { makeInstance, type GoldenPlugin } from './golden-plugins.js';
import { expectGoldenScalar, expectGoldenTensor, type GoldenMatrix } from './golden-tolerance.js';

/** A parameter of one or two dimensions. */
export type GoldenParameter = readonly number[] | GoldenMatrix;

/** Numbers that JSON lacks are strings. */
export type GoldenNumber = number | 'NaN' | 'Infinity' | '-Infinity';

export interface GoldenStep {
  readonly grads: readonly GoldenParameter[];
  readonly grad_norm: GoldenNumber;
  readonly lr?: number;
  readonly skipped?: boolean;
  /** Optimizer steps done, this one included. */
  readonly updates?: number;
  readonly params: readonly GoldenParameter[];
}

export interface GoldenSettings {
  readonly lr: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly weight_decay: number;
  readonly decay?: string;
  readonly max_grad_norm: number;
  readonly initial: readonly GoldenParameter[];
  readonly steps: readonly GoldenStep[];
}

/** torch's names → ours; «all» is what torch does without parameter groups. */
export function adamwPlugin(golden: GoldenSettings): GoldenPlugin<'optimizer'> {
  const decays = { all: 'all', 'two or more dimensions': 'matrices' } as const;
  return {
    kind: 'optimizer',
    name: 'adamw',
    options: {
      learningRate: golden.lr,
      beta1: golden.betas[0],
      beta2: golden.betas[1],
      eps: golden.eps,
      weightDecay: golden.weight_decay,
      decay: decays[(golden.decay ?? 'all') as keyof typeof decays],
      maxGradientNorm: golden.max_grad_norm,
    },
  };
}

/** A tensor of golden numbers, those that are strings in JSON included. */
function tensor(value: GoldenParameter): tf.Tensor {
  const rows = value as readonly (GoldenNumber | readonly GoldenNumber[])[];
  return tf.tensor(rows.map((row) => (Array.isArray(row) ? row.map(Number) : Number(row))) as number[]);
}

function named<T>(values: readonly GoldenParameter[], make: (value: GoldenParameter) => T): Record<string, T> {
  return Object.fromEntries(values.map((value, i) => [`p${i}`, make(value)]));
}

/** The engine's part: the norm of all gradients, and no step where it isn't finite. */
async function applyStep(
  step: GoldenStep,
  parameters: Record<string, tf.Variable>,
  optimizer: Optimizer,
  learningRate: number,
): Promise<boolean> {
  const gradients = named(step.grads, tensor);
  const square = tf.tidy(() => tf.addN(Object.values(gradients).map((g) => tf.sum(tf.square(g)))));
  const gradientNorm = Math.sqrt((await square.data())[0]!);
  square.dispose();
  const finite = Number.isFinite(gradientNorm);
  if (finite) {
    await expectGoldenScalar(gradientNorm, step.grad_norm as number, 'gradient norm');
    optimizer.apply({ parameters, gradients, learningRate, gradientNorm });
  }
  tf.dispose(gradients);
  return finite;
}

/** Runs all steps of a case and compares learning rates and parameters after each. */
export async function expectSteps(golden: GoldenSettings, schedule: Schedule): Promise<void> {
  const optimizer = await makeInstance(adamwPlugin(golden));
  const parameters = named(golden.initial, (value) => tf.variable(tensor(value)));
  let updates = 0;
  for (const [i, step] of golden.steps.entries()) {
    const factor = schedule.factor({ rolloutStep: 0, optimizerStep: updates, fraction: 0 });
    const learningRate = factor * optimizer.learningRate;
    if (step.lr !== undefined) await expectGoldenScalar(learningRate, step.lr, `learning rate of step ${i}`);
    if (await applyStep(step, parameters, optimizer, learningRate)) updates += 1;
    if (step.updates !== undefined) await expectGoldenScalar(updates, step.updates, `updates after step ${i}`);
    for (const [p, expected] of step.params.entries()) {
      await expectGoldenTensor(parameters[`p${p}`]!, expected as GoldenMatrix, `parameter ${p} after step ${i}`);
    }
  }
  await optimizer.dispose?.();
  tf.dispose(parameters);
}
