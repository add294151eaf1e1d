import type { ErrorExplanations } from './explanation.js';

/** Errors of a run at work, its folder and its checkpoints. */
export const runExplanations: ErrorExplanations = {
  DAPO_RUN_NEED_UNFULFILLED: {
    title: 'The policy can not do what a plugin works with',
    why: 'The plugin needs the entropy of every token, for example, and the policy does not give it.',
    remedy: 'Take another policy, or leave the plugin out.',
    next: 'dapo plugins policy',
  },
  DAPO_RUN_SAMPLER_EXHAUSTED: {
    title: 'The sampler could not fill its batch',
    why: 'Dynamic sampling keeps groups whose answers are neither all right nor all wrong. Prompts that are far too easy or too hard give none.',
    remedy:
      'Take prompts of another difficulty, more of them, larger groups, or raise the limit of rounds; or let the sampler train on what it has.',
    next: 'dapo plugins dynamic',
  },
  DAPO_RUN_BACKEND_UNAVAILABLE: {
    title: 'The tensor backend can not be used here',
    why: 'A package or a library that it needs is not on this machine.',
    remedy: 'Do what the line «do» says, or take another backend.',
    next: 'dapo doctor',
  },
  DAPO_RUN_BACKEND_CONFLICT: {
    title: 'The process already computes on another backend',
    why: 'Two runs in one process share the tensor backend.',
    remedy: 'Start the second run in a process of its own.',
    next: 'dapo train --backend NAME',
  },
  DAPO_RUN_MODEL_TOO_LARGE: {
    title: 'The model does not fit into the backend',
    why: 'Training holds the weights, what the optimizer keeps for each parameter that is trained, and in turns the gradients or the copies that generation reads: with AdamW 16 bytes a parameter and more, for one that is frozen about 10. That is more than the backend can address; wasm ends at 4 GiB.',
    remedy:
      'Freeze what need not be trained, the embedding first (`policy.freeze`), take a smaller model, or a backend without that limit.',
    next: 'dapo backend install tensorflow',
  },
  DAPO_RUN_TENSOR_TOO_LARGE: {
    title: 'A tensor of the model is larger than the backend takes',
    why: 'A GPU bounds what one tensor may take, whatever memory it has; most often the embedding is the largest: vocabulary times width times 4 bytes.',
    remedy: 'Take a model with a smaller vocabulary or width, a GPU with a higher bound, or a backend without one.',
    next: 'dapo doctor',
  },
  DAPO_RUN_CHECKPOINT_MISSING: {
    title: 'No complete checkpoint',
    why: 'The run ended before it had saved one, or the folder is not that of a run.',
    remedy: 'Begin the run again, with --out on the same folder.',
    next: 'dapo train --out FOLDER',
  },
  DAPO_RUN_CHECKPOINT_MISMATCH: {
    title: 'The checkpoint does not fit the run',
    why: 'The config asks for a model of another size than the checkpoint holds.',
    remedy: 'Go on with the config that the run was started with, or begin a new one.',
    next: 'dapo resume FOLDER',
  },
  DAPO_RUN_FOLDER_TAKEN: {
    title: 'There is a run in the folder already',
    why: 'A new run would overwrite it.',
    remedy: 'Go on with it, or name another folder with --out.',
    next: 'dapo resume FOLDER',
  },
  DAPO_RUN_FOLDER_BUSY: {
    title: 'A run is at work in the folder',
    why: 'Two processes that write into one run would spoil it. The file run.lock in the folder says which one works there; that of a process that is no more counts for nothing.',
    remedy: 'Wait for it, stop it, or name another folder with --out.',
    next: 'dapo train --out FOLDER',
  },
  DAPO_RUN_NOTHING_TRAINED: {
    title: 'There is nothing to train',
    why: 'The option `freeze` of the policy covers every parameter. An output matrix that is tied to the embedding is no parameter of its own.',
    remedy: 'Freeze less, or take a model whose embeddings are not tied.',
    next: 'dapo config',
  },
  DAPO_RUN_FILE_OUTSIDE: {
    title: 'A file outside of the run folder',
    why: 'Trackers and other plugins write into the folder of the run only, so that a config of somebody else can not overwrite what is yours.',
    remedy: 'Give the file a name without `..`.',
    next: 'dapo config',
  },
  DAPO_RUN_NON_FINITE_UPDATE: {
    title: 'A loss or gradient that is not finite',
    why: 'The update would have put NaN into the weights: the learning rate is too high, or a plugin divides by 0 or takes the logarithm of it. Nothing was applied, and the weights before it are saved.',
    remedy: 'Lower optimizer.learningRate, or skip such updates with update.nonFinite=skip.',
    next: 'dapo train --set optimizer.learningRate=1e-6',
  },
  DAPO_RUN_MANIFEST_BROKEN: {
    title: 'The manifest of a run is no JSON',
    why: 'The file manifest.json was edited or damaged; the engine replaces it as a whole or not at all.',
    remedy: 'Put it back from a copy, or begin the run again in another folder.',
    next: 'dapo train --out OTHER',
  },
  DAPO_RUN_NOTHING_HELD_OUT: {
    title: 'No held-out problems to evaluate on',
    why: 'An evaluation was asked for, and the config names no prompts.heldOut.',
    remedy: 'Name prompts.heldOut.',
    next: 'dapo plugins prompts',
  },
  DAPO_POLICY_VERSION_RELEASED: {
    title: 'Weights that were given back',
    why: 'A plugin asks for log-probs of a version of the weights after it was released, or of one that was never frozen.',
    remedy: 'Release a version after its last use only.',
    next: 'dapo train --verbose',
  },
};
