import { DapoError, isDapoError } from './dapo-error.js';
import { nearestName } from './nearest-name.js';
import { inWords, type When } from './when.js';
import { causeText, listNames, showValue } from './wording.js';

/** A plugin threw. `name` may say the kind already («reward exact-answer»). */
export function pluginThrew(kind: string, name: string, path: string, when: When, cause: unknown): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_THREW',
    message: `${name.startsWith(`${kind} `) ? name : `${kind} ${name}`} threw ${inWords(when)}: ${causeText(cause)}`,
    path,
    location: isDapoError(cause) ? cause.location : undefined,
    hint: 'look at its stack: dapo prints it with --verbose',
    cause,
  });
}

/** A plugin gave a tensor of another shape than its contract says. */
export function wrongShape(plugin: string, expected: string, received: string, path?: string): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_WRONG_SHAPE',
    message: `${plugin} gave a tensor of the wrong shape.`,
    path,
    expected,
    received,
    hint: 'look at its sums and means: without an axis they give one number, over the wrong one another shape',
  });
}

/** A plugin gave a tensor of another type. */
export function wrongDtype(plugin: string, received: string, path?: string): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_WRONG_DTYPE',
    message: `${plugin} gave a tensor of another type than float32.`,
    path,
    expected: 'float32',
    received,
    hint: "tf.cast(tensor, 'float32'); nothing flows back through a comparison or a whole number",
  });
}

/** A plugin gave NaN or an infinity where it counts. `step` counts from 0. */
export function valueNotFinite(
  plugin: string,
  value: number,
  { prompt, token, step }: { readonly prompt: string; readonly token: number; readonly step: number },
  path?: string,
): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_NOT_FINITE',
    message: `${plugin} gave ${value} in rollout step ${step + 1}, for token ${token + 1} of a response to prompt «${prompt}».`,
    path,
    expected: 'a finite number for every token that counts',
    received: String(value),
    hint: 'look for a division by 0: an empty mask, a group of equal rewards. dapo plugin test tries both',
  });
}

/** A plugin keeps tensors, and has nothing that would free or save them. `step` counts from 0. */
export function tensorsKept(plugin: string, tensors: number, step: number, path?: string): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_TENSOR_KEPT',
    message: `${plugin} kept ${tensors === 1 ? '1 tensor' : `${tensors} tensors`} in rollout step ${step + 1}: memory grows with every step.`,
    path,
    expected: 'none, or a plugin with dispose() that frees them, and state() where a resume needs them',
    hint: 'put tensor work into tf.tidy and dispose of what is awaited out of it; dapo plugin test finds it alone',
  });
}

/** A plugin recorded a metric that it has not declared. */
export function undeclaredMetric(
  plugin: string,
  metric: string,
  declared: readonly string[],
  path?: string,
): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_UNDECLARED_METRIC',
    message: `${plugin} recorded the metric «${metric}», which it has not declared.`,
    path,
    expected: listNames(declared, 'one that it declares; it declares none'),
    nearest: nearestName(metric, declared),
    hint: `declare it: metrics: { '${metric}': { over, reduce, unit, meaning } }`,
  });
}

/** A reward gave more or fewer values than it was handed responses. */
export function rewardWrongCount(
  plugin: string,
  expected: number,
  received: number | string,
  path?: string,
): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_REWARD_COUNT',
    message: `${plugin} gave the wrong number of values.`,
    path,
    expected: `${expected}, one for each item and in their order`,
    received: String(received),
    hint: 'give null for what can not be scored',
  });
}

/** A reward gave NaN or an infinity. */
export function rewardNotFinite(plugin: string, sample: string, value: unknown, path?: string): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_REWARD_NOT_FINITE',
    message: `${plugin} gave a reward that is no finite number, for prompt «${sample}».`,
    path,
    expected: 'a finite number, or null where it can not be scored',
    received: showValue(value),
    hint: 'look at its arithmetic for this prompt: a division by 0, a logarithm of 0, a number read from text',
  });
}

/** A reward says that it judges answers, and gave a value that doesn't. */
export function rewardWithoutVerdict(plugin: string, sample: string, path?: string): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_REWARD_VERDICT',
    message: `${plugin} provides «correct» and gave a reward that doesn't say it, for prompt «${sample}».`,
    path,
    expected: '{ reward, correct }, or null where it can not be scored',
    hint: "give both, or leave out provides: ['correct'] where another reward judges",
  });
}

/** A plugin gave a promise, and nothing is left that could settle it. */
export function pluginNeverSettled(plugin: string, when: When = 'while it was made', path?: string): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_NEVER_SETTLED',
    message: `${plugin} gave a promise ${inWords(when)} that nothing will ever settle.`,
    path,
    hint: 'look in it for a promise that is neither resolved nor rejected: a callback or an event that never comes',
  });
}

/** A plugin takes long to answer. A warning. */
export function pluginStillAwaited(
  plugin: string,
  seconds: number,
  when: When = 'while it is made',
  path?: string,
): DapoError {
  return new DapoError({
    code: 'DAPO_PLUGIN_STILL_AWAITED',
    message: `${plugin} has not answered for ${seconds} s ${inWords(when)}: still waiting.`,
    path,
    hint: 'what calls a service needs a time-out of its own',
  });
}

/** The policy can't do what a plugin works with. */
export function needUnfulfilled(plugin: string, need: string, policy: string): DapoError {
  return new DapoError({
    code: 'DAPO_RUN_NEED_UNFULFILLED',
    message: `${plugin} needs «${need}», which ${policy} does not give.`,
    path: 'policy',
    hint: 'take another policy, or leave the plugin out',
  });
}

/** The sampler could not fill its batch. */
export function samplerExhausted(reason: string): DapoError {
  return new DapoError({
    code: 'DAPO_RUN_SAMPLER_EXHAUSTED',
    message: `The sampler could not fill its batch: ${reason}`,
    path: 'sampler',
    hint: 'take easier or harder prompts, or more of them; let it train on what it has; or raise its limit of rounds',
  });
}

/** A tensor backend can't be used on this machine. */
export function backendUnavailable(name: string, reason: string, remedy: string): DapoError {
  return new DapoError({
    code: 'DAPO_RUN_BACKEND_UNAVAILABLE',
    message: `The backend «${name}» can not be used here: ${reason}`,
    path: 'backend',
    hint: remedy,
  });
}

/** There is no checkpoint to go on from. */
export function checkpointMissing(folder: string): DapoError {
  return new DapoError({
    code: 'DAPO_RUN_CHECKPOINT_MISSING',
    message: 'There is no complete checkpoint here.',
    location: { file: folder },
    expected: 'the folder of a run that has saved one',
    hint: 'begin the run again, with the command that began it and --out on the same folder',
  });
}

/** A checkpoint holds another thing than the run that opens it asks for. */
export function checkpointMismatch(folder: string, what: string, saved: string, wanted: string): DapoError {
  return new DapoError({
    code: 'DAPO_RUN_CHECKPOINT_MISMATCH',
    message: `The checkpoint does not fit this run: ${what} is another.`,
    location: { file: folder },
    expected: `${wanted}, as the config says`,
    received: `${saved}, as the checkpoint holds`,
    hint: 'go on with the config that the run was started with, or begin a new run',
  });
}

/** Log-probs of published weights that were given back, or never frozen. */
export function versionReleased(version: number): DapoError {
  return new DapoError({
    code: 'DAPO_POLICY_VERSION_RELEASED',
    message: `The weights of version ${version} are not there any more.`,
    expected: 'a version from publish({ frozen: true }) that is not released',
    hint: 'release a version only after its last use',
  });
}
