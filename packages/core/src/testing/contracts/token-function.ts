import type { LossInputs, LossOutputs } from '../../contracts/index.js';
import type { Contracts, Kind } from '../../plugin/kinds.js';
import { inside } from '../../tensors/masked.js';
import { replacingStopped } from '../../tensors/stopped-values.js';
import { tf } from '../../tensors/tf.js';
import type { Subject } from './subject.js';
import { lossInputsOf, matrixTensor, readRows, type Rows, type TokenBatch } from './token-batch.js';

/** How a plugin that gives one number per token is called: a loss, or a part of one. */
export interface TokenFunction<K extends Kind> {
  perToken(instance: Contracts[K], inputs: LossInputs): tf.Tensor | LossOutputs;
  /** Selections over the whole mini-batch. */
  prepare?(instance: Contracts[K], inputs: LossInputs): Readonly<Record<string, tf.Tensor>> | undefined;
}

/** What a token function comes to on a batch. */
export interface Evaluated {
  /** [responses][tokens] */
  readonly loss: Rows;
  /** Metric → its numbers, and the shape they came in. */
  readonly metrics: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>>;
}

/** A plugin's instance and how it is called. */
export interface Callable<K extends Kind> {
  readonly subject: Subject<K>;
  readonly instance: Contracts[K];
  readonly how: TokenFunction<K>;
}

/** Loss and metrics on a batch, read back. */
export async function evaluate<K extends Kind>(
  callable: Callable<K>,
  batch: TokenBatch,
  given?: { readonly entropy: boolean },
): Promise<Evaluated> {
  const { loss, metrics } = computed(callable, batch, given);
  const read = await Promise.all(
    Object.entries(metrics ?? {}).map(async ([name, tensor]) => {
      return [name, { shape: tensor.shape, values: Array.from(await tensor.data()) }] as const;
    }),
  );
  const rows = await readRows(loss);
  tf.dispose([loss, { ...metrics }]);
  return { loss: rows, metrics: Object.fromEntries(read) };
}

/** Shape of what it gives, before anything is read of it. */
export function shapeOf<K extends Kind>(callable: Callable<K>, batch: TokenBatch): readonly number[] {
  const { loss, metrics } = computed(callable, batch);
  tf.dispose([loss, { ...metrics }]);
  return loss.shape;
}

/** The batch with what `prepare` selects over the whole of it. */
export async function prepared<K extends Kind>(
  { subject, instance, how }: Callable<K>,
  batch: TokenBatch,
): Promise<TokenBatch> {
  const tensors = tf.tidy(() => how.prepare?.(instance, lossInputsOf(batch, subject.needs)));
  if (!tensors) return batch;
  const entries = Object.entries(tensors).map(async ([name, tensor]) => [name, await readRows(tensor)] as const);
  const rows = Object.fromEntries(await Promise.all(entries));
  tf.dispose(tensors);
  return { ...batch, prepared: rows };
}

/** The matrices that a loss may be differentiated by. */
export type Variable = 'logProbs' | 'entropy';

/** Gradient of Σ weight · loss over the mask, as the engine takes it [responses][tokens]. */
export async function gradient<K extends Kind>(
  callable: Callable<K>,
  batch: TokenBatch,
  variable: Variable = 'logProbs',
): Promise<Rows> {
  const taken = tf.tidy(() => {
    const total = (x: tf.Tensor): tf.Tensor => {
      const inputs = { ...lossInputsOf(batch, callable.subject.needs), [variable]: x };
      const { loss } = call(callable, inputs);
      return tf.sum(tf.mul(inside(loss, inputs.mask), matrixTensor(batch.weights)));
    };
    return tf.grad(total)(matrixTensor(batch[variable]));
  });
  const rows = await readRows(taken);
  taken.dispose();
  return rows;
}

/**
 * Σ weight · loss over the mask, with the values that `stopGradient` stopped at the first call held at what
 * they were: the function whose derivative the gradient is.
 */
export class HeldTotal<K extends Kind> {
  private held: tf.Tensor[] | undefined;

  constructor(private readonly callable: Callable<K>) {}

  async at(batch: TokenBatch): Promise<number> {
    const values = this.held;
    const recorded: tf.Tensor[] = [];
    let next = 0;
    const replace = (x: tf.Tensor): tf.Tensor => {
      if (values) return values[next++] ?? x;
      recorded.push(tf.keep(tf.clone(x)));
      return x;
    };
    const { loss, metrics } = replacingStopped(replace, () => computed(this.callable, batch));
    this.held ??= recorded;
    const rows = await readRows(loss);
    tf.dispose([loss, { ...metrics }]);
    return weightedSum(rows, batch);
  }

  dispose(): void {
    tf.dispose(this.held);
  }
}

/** In float64, so that small differences survive. */
function weightedSum(loss: Rows, { mask, weights }: TokenBatch): number {
  let sum = 0;
  mask.forEach((row, r) => {
    row.forEach((counts, t) => {
      if (counts === 1) sum += loss[r]![t]! * weights[r]![t]!;
    });
  });
  return sum;
}

/** Loss and metrics as tensors, which the caller disposes of. */
function computed<K extends Kind>(
  callable: Callable<K>,
  batch: TokenBatch,
  given?: { readonly entropy: boolean },
): LossOutputs {
  const outputs: { of?: LossOutputs } = {};
  tf.tidy(() => {
    const { loss, metrics } = call(callable, lossInputsOf(batch, callable.subject.needs, given));
    outputs.of = { loss, metrics };
    return [loss, { ...metrics }];
  });
  return outputs.of!;
}

function call<K extends Kind>({ instance, how }: Callable<K>, inputs: LossInputs): LossOutputs {
  const outputs = how.perToken(instance, inputs);
  return 'loss' in outputs ? outputs : { loss: outputs };
}
