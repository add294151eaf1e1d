import type { DapoError } from '../errors/dapo-error.js';
import { valueNotFinite, wrongDtype, wrongShape } from '../errors/run-errors.js';
import { isThenable } from '../plugin/settling.js';
import { tf } from '../tensors/tf.js';
import type { Matrix } from './matrix.js';
import type { Placed } from './parts.js';
import type { RolloutBatch } from './rollout-batch.js';

type Named = Pick<Placed<unknown>, 'label' | 'path'>;

/** Where the values stand that are looked at. */
export interface ValuesOf {
  readonly batch: RolloutBatch;
  /** By default all responses of the batch. */
  readonly rows?: readonly number[];
  /** Counts from 0. */
  readonly step: number;
}

/** @throws DapoError where a value that counts is not finite */
export function checkFinite(plugin: Named, values: Matrix, mask: Matrix, where: ValuesOf): void {
  const problem = notFinite(plugin, values, mask, where);
  if (problem) throw problem;
}

/**
 * The first value that counts and is no finite number, told with plugin, prompt and step; what lies outside of the
 * mask may be anything.
 *
 * @param values what a plugin gave [R, T], for all responses of a batch or for `rows` of it
 */
export function notFinite(
  plugin: Named,
  values: Matrix,
  mask: Matrix,
  { batch, rows, step }: ValuesOf,
): DapoError | undefined {
  const at = values.values.findIndex((value, i) => !Number.isFinite(value) && mask.values[i]! > 0);
  if (at < 0) return undefined;
  const row = Math.floor(at / values.width);
  const response = rows?.[row] ?? row;
  const { prompt } = batch.groups[batch.groupOf[response]!]!;
  return valueNotFinite(
    plugin.label,
    values.values[at]!,
    { prompt: prompt.id, token: at % values.width, step },
    plugin.path,
  );
}

/** What is computed with further is float32; a comparison gives bool and a count int32. */
export function checkFloat({ label, path }: Named, tensor: tf.Tensor): void {
  if (tensor.dtype !== 'float32') throw wrongDtype(label, tensor.dtype, path);
}

/**
 * What a plugin gave is a float32 tensor of a shape.
 *
 * @throws DapoError that names the plugin, and what it gave instead
 */
export function checkTensor(plugin: Named, given: unknown, shape: readonly number[]): asserts given is tf.Tensor {
  checkTensorShape(plugin, given, shape);
  checkFloat(plugin, given);
}

/** @throws DapoError where it is no tensor, or one of another shape */
export function checkTensorShape(
  { label, path }: Named,
  given: unknown,
  shape: readonly number[],
): asserts given is tf.Tensor {
  if (!(given instanceof tf.Tensor)) throw wrongShape(label, describeShape(shape), showGiven(given), path);
  const { shape: found } = given as tf.Tensor;
  if (!sameShape(found, shape)) throw wrongShape(label, describeShape(shape), describeShape(found), path);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

function describeShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/** What stands where a tensor should. */
function showGiven(given: unknown): string {
  if (isThenable(given)) return 'a promise: tensor functions are synchronous';
  return given === null || given === undefined
    ? String(given)
    : `${typeof given === 'object' ? 'an object' : typeof given} that is no tensor`;
}

/** How many values a plugin gave, or what it gave instead of a list. */
export function countOf(given: unknown): number | string {
  const count = (given as { readonly length?: unknown } | null | undefined)?.length;
  return typeof count === 'number' ? count : given === null ? 'null' : typeof given;
}
