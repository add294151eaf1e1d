import { valueNotFinite, wrongDtype } from '../errors/run-errors.js';
import type { tf } from '../tensors/tf.js';
import type { Matrix } from './matrix.js';
import type { Placed } from './parts.js';
import type { RolloutBatch } from './rollout-batch.js';

type Named = Pick<Placed<unknown>, 'label' | 'path'>;

/**
 * Every value that counts is a finite number; what lies outside of the mask may be anything.
 *
 * @param values what a plugin gave [R, T], for all responses of a batch or for `rows` of it
 * @throws DapoError that names the plugin, the prompt and the step
 */
export function checkFinite(
  plugin: Named,
  values: Matrix,
  mask: Matrix,
  {
    batch,
    rows,
    step,
  }: { readonly batch: RolloutBatch; readonly rows?: readonly number[]; readonly step: number },
): void {
  const at = values.values.findIndex((value, i) => !Number.isFinite(value) && mask.values[i]! > 0);
  if (at < 0) return;
  const row = Math.floor(at / values.width);
  const response = rows?.[row] ?? row;
  const { prompt } = batch.groups[batch.groupOf[response]!]!;
  throw valueNotFinite(
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
