import type { ErrorExplanations } from '@dapo/core';

/** Of every error that this package can report. */
export const explanations: ErrorExplanations = {
  DAPO_TOKENIZER_FILE: {
    title: 'A tokenizer that can not be read',
    why: 'The option `folder` of the tokenizer names a folder without tokenizer.json or tokenizer_config.json, or one of them is damaged.',
    remedy:
      'Name the folder of the model, the same as `policy.checkpoint`; fetch the file again if it is a placeholder of Git LFS.',
    next: 'dapo plugins hugging-face',
  },
  DAPO_TOKENIZER_END: {
    title: 'A tokenizer without an end token',
    why: 'tokenizer_config.json names no eos_token, or the token that the config names is not in the vocabulary. Without it a response could end at its limit only.',
    remedy: 'Set `tokenizer.endToken` to the token that the model ends its answers with.',
    next: 'dapo plugins hugging-face',
  },
  DAPO_TOKENIZER_CHAT_TEMPLATE: {
    title: 'A chat template that does not take the messages of a prompt',
    why: 'Templates are strict: many refuse two messages of one role in a row, or a system message; or the template itself has a mistake.',
    remedy: 'Mend the messages of the row that is named, or give a template of your own by `tokenizer.chatTemplate`.',
    next: 'dapo plugins hugging-face',
  },
  DAPO_MODEL_FILE_MISSING: {
    title: 'The folder of a model lacks a file',
    why: 'The option `checkpoint` of the policy names a folder without config.json or model.safetensors.',
    remedy: 'Name the folder of a model as Hugging Face writes it, or the folder `policy` of a checkpoint of a run.',
    next: 'dapo plugins transformer',
  },
  DAPO_MODEL_FILE_NOT_JSON: {
    title: 'A file of a model is not a JSON object',
    why: 'The file is damaged, or a placeholder of Git LFS that was never fetched.',
    remedy: 'Fetch the file again.',
    next: 'dapo validate',
  },
  DAPO_MODEL_ARCHITECTURE: {
    title: 'A model of an architecture that is not known',
    why: 'The policy `transformer` computes the families in the line «expected».',
    remedy: 'Take a model of one of them, or write a policy plugin for it.',
    next: 'dapo plugins transformer',
  },
  DAPO_MODEL_UNSUPPORTED_SETTING: {
    title: 'A setting of a model that can not be computed',
    why: 'The model is of a known family, but uses something that this decoder lacks. Computed without it, every log-prob would be wrong.',
    remedy: 'Take another model of the family.',
    next: 'dapo plugins transformer',
  },
  DAPO_MODEL_INVALID_SETTING: {
    title: 'A setting of a model that is missing or does not fit',
    why: 'config.json lacks a number, or two of its numbers contradict each other.',
    remedy: 'Fetch config.json again, or mend it as the line «expected» says.',
    next: 'dapo validate',
  },
  DAPO_MODEL_NOTHING_TO_FREEZE: {
    title: 'Parameters to freeze that the model does not have',
    why: 'An entry of `policy.freeze` is not how the name of any parameter begins.',
    remedy:
      'Write the beginning of a Hugging Face name, as the line «do» shows some: `model.embed_tokens`, `model.layers.0.`.',
    next: 'dapo plugins transformer',
  },
  DAPO_MODEL_PARAMETER_MISSING: {
    title: 'Weights without a parameter of the model',
    why: 'The weights are of another model than config.json, or only some of the shards are there.',
    remedy: 'Take config.json and weights from one source.',
    next: 'dapo validate',
  },
  DAPO_MODEL_PARAMETER_SHAPE: {
    title: 'A parameter of another shape than config.json says',
    why: 'The weights are of another model than config.json.',
    remedy: 'Take config.json and weights from one source.',
    next: 'dapo validate',
  },
  DAPO_MODEL_VOCABULARY: {
    title: 'A tokenizer with more tokens than the model',
    why: 'Some tokens of the tokenizer would have no embedding.',
    remedy: 'Take the tokenizer that belongs to the checkpoint.',
    next: 'dapo plugins tokenizer',
  },
  DAPO_POLICY_EMPTY_PROMPT: {
    title: 'A prompt without tokens',
    why: 'The first token of a response needs one before it.',
    remedy: 'Give the prompt a text.',
    next: 'dapo plugins prompts',
  },
  DAPO_POLICY_CONTEXT_EXCEEDED: {
    title: 'A prompt and its response are longer than the context',
    why: 'The model knows no positions beyond its context.',
    remedy: 'Lower rollout.maxResponseLength, leave long prompts out, or take a model with a longer context.',
    next: 'dapo config',
  },
  DAPO_SAFETENSORS_INVALID: {
    title: 'A file that is no whole safetensors file',
    why: 'The download broke off, or the file is of another format. It is checked before any memory of the size that it claims is taken.',
    remedy: 'Fetch or save the file again.',
    next: 'ls -l FILE',
  },
  DAPO_SAFETENSORS_DTYPE: {
    title: 'Weights of a dtype that can not be read',
    why: 'Quantised or integer weights can not be trained in float32.',
    remedy: 'Convert the weights to BF16 or F32.',
    next: 'dapo plugins transformer',
  },
  DAPO_BACKEND_START: {
    title: 'A tensor backend did not start',
    why: 'Its package is not installed, or a library that it loads is missing.',
    remedy: 'Do what the line «do» says, or take another backend.',
    next: 'dapo doctor',
  },
  DAPO_BACKEND_KERNELS_MISSING: {
    title: 'The compiled kernels are missing',
    why: 'The wasm backend computes with kernels that are compiled when the package is built.',
    remedy: 'Build them; of an installed package, install it anew.',
    next: 'node scripts/build-kernels.mjs',
  },
  DAPO_BACKEND_OUT_OF_MEMORY: {
    title: 'The wasm backend has no memory left',
    why: 'All its tensors share 4 GiB, the reach of 32-bit addresses.',
    remedy: 'Use smaller micro-batches, shorter responses or a smaller model, or the backend tensorflow.',
    next: 'dapo train --set update.microBatch=4',
  },
  DAPO_BACKEND_OP: {
    title: 'An operation that the backend does not have',
    why: 'A plugin uses an operation of TensorFlow.js, or an activation, that has no kernel on wasm.',
    remedy: 'Put it together from others, or use the backend tensorflow.',
    next: 'dapo doctor',
  },
  DAPO_BACKEND_DTYPE: {
    title: 'A tensor of a dtype that a kernel does not take',
    why: 'The kernels of our own, on wasm and on webgpu, work on float32.',
    remedy: "Cast the tensor first: tf.cast(x, 'float32').",
    next: 'dapo train --verbose',
  },
  DAPO_BACKEND_THREAD: {
    title: 'A thread failed inside a kernel',
    why: 'A compiled kernel met an error on a thread other than the first, which has no more to say about it.',
    remedy: 'Run with --threads 1: the error then shows where it happens.',
    next: 'dapo train --threads 1 --verbose',
  },
  DAPO_BACKEND_DEVICE: {
    title: 'The device of the webgpu backend failed',
    why: 'A GPU tells beside the call of memory that it has not got, of a shader that it refuses, of a driver that failed, and goes on with zeros. The next read stops instead.',
    remedy:
      'Use smaller micro-batches or a smaller model where memory ran out; otherwise look at the driver, or use the backend wasm.',
    next: 'dapo doctor',
  },
  DAPO_BACKEND_SHAPE: {
    title: 'Matrices that can not be multiplied',
    why: 'The columns of the first are not as many as the rows of the second.',
    remedy: 'Look at the shapes named; a transposition is missing, mostly.',
    next: 'dapo train --verbose',
  },
  DAPO_BACKEND_INDEX: {
    title: 'An index outside of an axis',
    why: 'tf.gather was given an index below 0 or beyond the end. As shipped, the backend would have read foreign memory.',
    remedy: 'Look at where the index comes from: a token beyond the vocabulary, mostly.',
    next: 'dapo train --verbose',
  },
  DAPO_SERVICE_UNAVAILABLE: {
    title: 'A service that scores responses did not answer',
    why: 'It is not started, is overrun, or can not be reached from here. It was tried again, with growing pauses, as often as `retries` says.',
    remedy: 'Start it or give it room (`concurrency`, `timeout`), and go on from the newest checkpoint.',
    next: 'dapo resume RUN',
  },
  DAPO_SERVICE_REFUSED: {
    title: 'A service that scores responses refused a request',
    why: 'It answered with a status that trying again does not change: a wrong address, a missing key, a model that it does not have.',
    remedy:
      'Look at what it says in the line «received», and mend the address, or the environment variable of the key.',
    next: 'dapo plugins http',
  },
  DAPO_SERVICE_ANSWER: {
    title: 'A service answered with what can not be scores',
    why: 'The number, order or range of the scores is not that of the samples, or the answer is no JSON. It may mix up samples, so none of it is believed.',
    remedy: 'Mend the service, or say by `least` and `most` which scores it gives.',
    next: 'dapo plugins http',
  },
  DAPO_SERVICE_NO_VERDICT: {
    title: 'A judge gave no verdict',
    why: 'The model was asked twice, and its words were not one JSON object with a score within the bounds.',
    remedy: 'Take a model that keeps to JSON, shorten the rubric, or set `unparsed` to a score.',
    next: 'dapo plugins judge',
  },
};
