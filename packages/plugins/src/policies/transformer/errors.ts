import { DapoError, nearestName } from '@dapo/core';
import { families } from './architecture.js';

/** A model folder without a file that it needs. */
export function modelFileMissing(file: string, cause: unknown): DapoError {
  return new DapoError({
    code: 'DAPO_MODEL_FILE_MISSING',
    message: `The model folder has no readable ${file.split(/[/\\]/).at(-1)}.`,
    location: { file },
    expected: 'a folder with config.json and model.safetensors, as Hugging Face writes it',
    hint: 'Check the policy option `checkpoint`',
    cause,
  });
}

/** A config.json or an index of shards that isn't JSON. */
export function modelFileNotJson(file: string, received: string): DapoError {
  return new DapoError({
    code: 'DAPO_MODEL_FILE_NOT_JSON',
    message: 'A file of the model is not a JSON object.',
    location: { file },
    received,
  });
}

/** A model of another kind. */
export function unknownArchitecture(file: string, received: unknown): DapoError {
  return new DapoError({
    code: 'DAPO_MODEL_ARCHITECTURE',
    message: 'The model is of an architecture that the policy transformer cannot compute.',
    path: 'architectures',
    location: { file },
    expected: Object.values(families)
      .map(({ architecture }) => architecture)
      .join(', '),
    received: JSON.stringify(received) ?? 'nothing',
    hint: 'Use a model of one of these families, or write a policy plugin for it',
  });
}

/** A setting of a known architecture that the decoder lacks. */
export function unsupportedModelSetting(file: string, path: string, received: unknown, expected: string): DapoError {
  return new DapoError({
    code: 'DAPO_MODEL_UNSUPPORTED_SETTING',
    message: 'The model needs something that the policy transformer cannot compute.',
    path,
    location: { file },
    expected,
    received: JSON.stringify(received) ?? 'nothing',
  });
}

/** A number of the config that is missing, of another type, or doesn't fit the rest. */
export function invalidModelSetting(file: string, path: string, received: unknown, expected: string): DapoError {
  return new DapoError({
    code: 'DAPO_MODEL_INVALID_SETTING',
    message: 'A setting of the model is missing or does not fit.',
    path,
    location: { file },
    expected,
    received: JSON.stringify(received) ?? 'nothing',
  });
}

/** Weights that lack a parameter of the architecture. */
export function parameterMissing(file: string, name: string): DapoError {
  return new DapoError({
    code: 'DAPO_MODEL_PARAMETER_MISSING',
    message: `The weights have no tensor ${name}.`,
    location: { file },
    hint: 'config.json and the weights must be of the same model',
  });
}

/** A parameter of another shape than the config says. */
export function parameterShape(
  file: string,
  name: string,
  received: readonly number[],
  expected: readonly number[],
): DapoError {
  return new DapoError({
    code: 'DAPO_MODEL_PARAMETER_SHAPE',
    message: `The tensor ${name} has another shape than config.json says.`,
    location: { file },
    expected: `[${expected.join(', ')}]`,
    received: `[${received.join(', ')}]`,
    hint: 'config.json and the weights must be of the same model',
  });
}

/** `freeze` names parameters that the model doesn't have. */
export function nothingToFreeze(index: number, received: string, names: readonly string[]): DapoError {
  const whole = names.filter((name) => !name.includes('.layers.') || name.includes('.layers.0.'));
  return new DapoError({
    code: 'DAPO_MODEL_NOTHING_TO_FREEZE',
    message: `No parameter of the model has a name that begins with «${received}».`,
    path: `policy.freeze.${index}`,
    expected: 'how names of parameters begin, as Hugging Face writes them',
    nearest: nearestName(received, whole),
    hint: `among them are ${whole.slice(0, 4).join(', ')}`,
  });
}

/** A tokenizer with ids that the model has no embedding for. */
export function vocabularyTooSmall(vocabularySize: number, tokenizer: number): DapoError {
  return new DapoError({
    code: 'DAPO_MODEL_VOCABULARY',
    message: 'The tokenizer has more tokens than the model has embeddings.',
    path: 'tokenizer',
    expected: `at most ${vocabularySize} tokens`,
    received: `${tokenizer} tokens`,
    hint: 'Use the tokenizer that belongs to the checkpoint',
  });
}

/** A prompt that has no token, so that nothing precedes the first token of its response. */
export function emptyPrompt(index: number): DapoError {
  return new DapoError({
    code: 'DAPO_POLICY_EMPTY_PROMPT',
    message: `Prompt ${index} of the batch has no tokens.`,
    expected: 'at least one token to go on from',
    hint: 'Give the prompt a text, or a start token',
  });
}

/** Prompt and response beyond the context of the model. */
export function contextExceeded(prompt: number, response: number, contextLength: number): DapoError {
  return new DapoError({
    code: 'DAPO_POLICY_CONTEXT_EXCEEDED',
    message: 'A prompt and its response are longer than the context of the model.',
    expected: `at most ${contextLength} tokens together`,
    received: `a prompt of ${prompt} tokens and a response of up to ${response}`,
    hint: 'Lower rollout.maxResponseLength, leave long prompts out, or use a model with a longer context',
  });
}
