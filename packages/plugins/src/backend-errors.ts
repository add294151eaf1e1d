import { DapoError } from '@dapo/core';

/** A tensor backend did not start; `reason` is a whole sentence. */
export function backendNotStarted(reason: string, remedy: string, cause?: unknown): DapoError {
  return new DapoError({ code: 'DAPO_BACKEND_START', message: reason, path: 'backend', hint: remedy, cause });
}

/** There is no kernel for an operation, or it lacks a form of it; `what` is a whole sentence. */
export function operationMissing(what: string, expected?: string): DapoError {
  return new DapoError({
    code: 'DAPO_BACKEND_OP',
    message: what,
    expected,
    hint: 'Put the operation together from others, or use the backend tensorflow',
  });
}

/** The compiled kernels of the wasm backend can't be read. */
export function kernelsMissing(name: string, file: string, cause: unknown): DapoError {
  return new DapoError({
    code: 'DAPO_BACKEND_KERNELS_MISSING',
    message: `The compiled kernels «${name}» of the wasm backend can't be read.`,
    expected: file,
    hint: 'In a clone of the repository, run: node scripts/build-kernels.mjs',
    cause,
  });
}

/** An allocation failed: 32-bit addresses end at 4 GiB. */
export function outOfMemory(bytes: number, heapBytes: number): DapoError {
  const mebibytes = (value: number): string => `${(value / 2 ** 20).toFixed(0)} MiB`;
  return new DapoError({
    code: 'DAPO_BACKEND_OUT_OF_MEMORY',
    message: `The wasm backend has no room for a tensor of ${mebibytes(bytes)}.`,
    expected: 'all tensors together within 4 GiB, the reach of 32-bit addresses',
    received: `a heap of ${mebibytes(heapBytes)}, in use or in pieces`,
    hint: 'Use smaller mini-batches or shorter responses, a smaller model, or the backend tensorflow',
  });
}

/** A kernel was handed a tensor of another dtype than float32. */
export function wrongDtype(operation: string, received: string): DapoError {
  return new DapoError({
    code: 'DAPO_BACKEND_DTYPE',
    message: `${operation} works on float32 on this backend.`,
    expected: 'float32',
    received,
    hint: "Cast the tensor first: tf.cast(x, 'float32')",
  });
}

/** Matrices whose inner dimensions differ; `a` and `b` are their shapes as a person reads them. */
export function innerDimensionsDiffer(a: string, b: string, innerA: number, innerB: number): DapoError {
  return new DapoError({
    code: 'DAPO_BACKEND_SHAPE',
    message: `matMul can't multiply ${a} by ${b}.`,
    expected: 'equal inner dimensions',
    received: `${innerA} and ${innerB}`,
  });
}

/** tf.gather was given an index outside of the axis, which has `length` entries. */
export function indexOutsideOfAxis(index: number, length: number): DapoError {
  return new DapoError({
    code: 'DAPO_BACKEND_INDEX',
    message: 'tf.gather was given an index outside of the axis.',
    expected: length === 0 ? 'no index: the axis is empty' : `0 … ${length - 1}`,
    received: String(index),
  });
}

/** A thread of the wasm backend's pool met an error inside a kernel. */
export function threadFailed(): DapoError {
  return new DapoError({
    code: 'DAPO_BACKEND_THREAD',
    message: 'A thread of the wasm backend failed inside a kernel.',
    path: 'backend.threads',
    hint: 'Run with --threads 1 to see the error itself, and report it',
  });
}

/** The device of the webgpu backend failed beside a call: memory that it has not got, a refused shader, a lost device. */
export function deviceFailed(message: string): DapoError {
  return new DapoError({
    code: 'DAPO_BACKEND_DEVICE',
    message: `The device of the webgpu backend failed: ${message.split('\n')[0]}`,
    path: 'backend',
    hint: 'Use smaller micro-batches or a smaller model where memory ran out, or the backend wasm',
  });
}
