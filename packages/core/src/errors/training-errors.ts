import { DapoError, sentenceOf } from './dapo-error.js';
import { nearestName } from './nearest-name.js';
import { causeText, listNames } from './wording.js';

/** The loss or the gradient of an update isn't finite and `update.nonFinite` is 'stop'. */
export function nonFiniteUpdate(label: string, step: number, loss: number, norm: number, from?: DapoError): DapoError {
  return new DapoError({
    code: 'DAPO_RUN_NON_FINITE_UPDATE',
    message: `The update of rollout step ${step + 1} isn't finite; nothing of it was applied (${label}).${from ? ` ${sentenceOf(from)}` : ''}`,
    path: from?.path ?? 'loss',
    expected: 'a finite loss and gradient norm',
    received: `loss ${loss}, gradient norm ${norm}`,
    hint: 'lower optimizer.learningRate, or go on without such updates: --set update.nonFinite=skip',
    cause: from,
  });
}

/** A run of this process uses another tensor backend already. */
export function backendConflict(wanted: string, running: string): DapoError {
  return new DapoError({
    code: 'DAPO_RUN_BACKEND_CONFLICT',
    message: `This process already computes on the backend «${running}».`,
    path: 'backend',
    expected: running,
    received: wanted,
    hint: 'run it in a process of its own',
  });
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** What training holds of a model takes more than the backend has. */
export function modelTooLarge(
  bytes: { readonly weights: number; readonly moments: number; readonly passes: number },
  backend: string,
  limit: number,
): DapoError {
  const { weights, moments, passes } = bytes;
  return new DapoError({
    code: 'DAPO_RUN_MODEL_TOO_LARGE',
    message: `The model does not fit into the backend «${backend}»: nothing was loaded.`,
    path: 'policy',
    expected: `at most ${gigabytes(limit)}`,
    received: `${gigabytes(weights + moments + passes)} at least: weights ${gigabytes(weights)}, moments of the optimizer ${gigabytes(moments)}, gradients or what generation copies ${gigabytes(passes)}`,
    hint: 'train less of it (policy.freeze), take a smaller model, or a backend with more memory: dapo doctor',
  });
}

/** The largest parameter takes more than the backend gives to one tensor. */
export function tensorTooLarge(bytes: number, backend: string, limit: number): DapoError {
  return new DapoError({
    code: 'DAPO_RUN_TENSOR_TOO_LARGE',
    message: `The largest tensor of the model does not fit into the backend «${backend}»: nothing was loaded.`,
    path: 'policy',
    expected: `at most ${gigabytes(limit)} a tensor`,
    received: gigabytes(bytes),
    hint: 'take a smaller vocabulary or model, another GPU, or the backend wasm or tensorflow',
  });
}

/** Supervised fine-tuning found an example without a target. */
export function targetMissing(id: string, origin: string | undefined): DapoError {
  return new DapoError({
    code: 'DAPO_DATA_TARGET_MISSING',
    message: `Prompt «${id}» has no target to learn from.`,
    location: origin ? { file: origin } : undefined,
    path: 'prompts.train',
    expected: 'a text in the column «target», or a reference',
    hint: 'name the column of the targets as the reference of prompts.train',
  });
}

/** The run folder holds a run already. */
export function runFolderTaken(folder: string): DapoError {
  return new DapoError({
    code: 'DAPO_RUN_FOLDER_TAKEN',
    message: `There is a run in ${folder} already.`,
    location: { file: folder },
    hint: `go on with it: dapo resume ${folder}, or name another folder: --out FOLDER`,
  });
}

/** Another process, or another run of this one, is at work in a run folder. */
export function runFolderBusy(folder: string, pid: number): DapoError {
  return new DapoError({
    code: 'DAPO_RUN_FOLDER_BUSY',
    message: `Process ${pid} is at work on the run in ${folder}.`,
    location: { file: folder },
    hint: 'wait for it, stop it, or name another folder: --out FOLDER',
  });
}

/** A run is to train a policy of which every parameter is frozen. */
export function nothingTrained(): DapoError {
  return new DapoError({
    code: 'DAPO_RUN_NOTHING_TRAINED',
    message: 'Every parameter of the policy is frozen: there is nothing to train.',
    path: 'policy',
    expected: 'at least one parameter that `freeze` leaves out',
    hint: 'with tied embeddings the output matrix is the embedding: what freezes the one freezes the other',
  });
}

/** A plugin names a file that isn't in the folder of the run. */
export function fileOutsideRun(name: string, folder: string): DapoError {
  return new DapoError({
    code: 'DAPO_RUN_FILE_OUTSIDE',
    message: `A file of a run lies in its folder, and «${name}» does not.`,
    expected: `a name within ${folder}`,
  });
}

/** A plugin asks for something that isn't there yet when it is made. */
export function injectionMissing(label: string, name: string, token: string, path?: string): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_INJECTION_MISSING',
    message: `${label} asks for «${name}», which isn't there yet when it is made.`,
    path,
    expected: 'what stands before it in the way of the data: tokenizer, prompts, policy, generator, optimizer',
    received: token,
    hint: 'ask for it in a plugin that is made later, or take it from the arguments of the contract',
  });
}

/** A plugin gave another number of values than it was handed items. */
export function wrongCount(
  label: string,
  what: string,
  expected: number,
  received: number | string,
  path?: string,
): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_WRONG_COUNT',
    message: `${label} gave the wrong number of ${what}.`,
    path,
    expected: `${expected}, one for each item and in their order`,
    received: String(received),
  });
}

/** The manifest of a run can't be read. */
export function manifestBroken(file: string, cause: unknown): DapoError {
  return new DapoError({
    code: 'DAPO_RUN_MANIFEST_BROKEN',
    message: 'The manifest of this run is no JSON.',
    location: { file },
    received: causeText(cause),
    hint: 'put it back from a copy, or begin the run again in another folder',
    cause,
  });
}

/** A plugin reads a signal that nothing has computed. */
export function signalMissing(name: string, known: readonly string[]): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_SIGNAL_MISSING',
    message: `Nothing has computed the signal «${name}».`,
    expected: `one of ${listNames(known)}`,
    nearest: nearestName(name, known),
    hint: `declare it: needs: ['${name}'], and name a plugin that provides it under signals`,
  });
}

/** A generator gave something else than what it was asked for. */
export function generatorWrong(
  label: string,
  path: string,
  what: string,
  expected: string,
  received: string,
): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_GENERATOR_WRONG',
    message: `${label} gave ${what}.`,
    path,
    expected,
    received,
    hint: 'mend the generator: one group per prompt, and per token one log-prob and one mark of who chose it',
  });
}

/** There is no held-out set to evaluate on. */
export function nothingHeldOut(): DapoError {
  return new DapoError({
    code: 'DAPO_RUN_NOTHING_HELD_OUT',
    message: 'There are no held-out problems to evaluate on.',
    path: 'prompts.heldOut',
    expected: 'a source of prompts',
    hint: "name one: prompts: { heldOut: { use: 'jsonl', file: …, split: 'heldOut' } }",
  });
}
