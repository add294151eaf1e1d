import { DapoError } from '@dapo/core';

/** A file that breaks the safetensors format; `reason` is a whole sentence. */
export function invalidSafetensors(file: string, reason: string, tensor?: string): DapoError {
  return new DapoError({
    code: 'DAPO_SAFETENSORS_INVALID',
    message: reason,
    ...(tensor !== undefined && { path: tensor }),
    location: { file },
    expected: 'a whole file in the safetensors format',
    hint: 'Fetch or save the file again',
  });
}

/** A dtype of the format whose values float32 arithmetic can't take. */
export function unreadableDtype(file: string, tensor: string, dtype: string, known: readonly string[]): DapoError {
  return new DapoError({
    code: 'DAPO_SAFETENSORS_DTYPE',
    message: `Values of dtype ${dtype} cannot be read.`,
    path: tensor,
    location: { file },
    expected: known.join(', '),
    received: dtype,
    hint: 'Convert the weights to BF16 or F32 first',
  });
}
