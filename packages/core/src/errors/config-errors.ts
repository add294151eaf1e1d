import { DapoError, type Location } from './dapo-error.js';
import { nearestName } from './nearest-name.js';
import { causeText, listNames, showValue } from './wording.js';

/** A place of a config: its path, and where the layer that speaks of it does so. */
export interface Place {
  readonly path: string;
  readonly location?: Location;
}

/** A key of the engine's own that doesn't exist. */
export function unknownKey(place: Place, key: string, known: readonly string[]): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_UNKNOWN_KEY',
    message: `There is no key «${key}».`,
    ...place,
    expected: listNames(known),
    nearest: nearestName(key, known),
  });
}

/** An option that the plugin of a node doesn't have. */
export function unknownOption(place: Place, plugin: string, key: string, known: readonly string[]): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_UNKNOWN_OPTION',
    message: `${plugin} has no option «${key}».`,
    ...place,
    expected: listNames(known, 'no options'),
    nearest: nearestName(key, known),
  });
}

/** A value that its schema refuses. */
export function badValue(place: Place, expected: string, received: unknown): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_BAD_VALUE',
    message: `${place.path} has a value that does not fit.`,
    ...place,
    expected,
    received: showValue(received),
  });
}

/** An option without a default that nothing sets. */
export function missingOption(place: Place, plugin: string, expected: string): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_MISSING_OPTION',
    message: `${plugin} needs the option «${place.path.split('.').at(-1)}».`,
    ...place,
    expected,
  });
}

/** An option that is no plain data, so that a manifest could not repeat it. */
export function notPlainData(place: Place, received: unknown): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_NOT_PLAIN_DATA',
    message: `${place.path} is not plain data, so that no manifest could repeat the run.`,
    ...place,
    expected: 'what JSON can hold',
    received: showValue(received),
    hint: 'put code into a plugin, and name the plugin here',
  });
}

/** A required plugin that no layer names. */
export function missingPlugin(path: string, kind: string, known: readonly string[]): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_MISSING_PLUGIN',
    message: `${path} is missing: no plugin of the kind ${kind} is chosen.`,
    path,
    expected: listNames(known, `a plugin of the kind ${kind}`),
    hint: `write ${path}: 'NAME', or extend a preset that chooses one`,
  });
}

/** Options for a node whose plugin no layer names. */
export function nodeWithoutUse(place: Place, kind: string, known: readonly string[]): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_NODE_WITHOUT_USE',
    message: `There are options here, but nothing says for which plugin of the kind ${kind}.`,
    ...place,
    expected: `use: ${listNames(known, `a plugin of the kind ${kind}`)}`,
  });
}

/** Neither a name, nor `{ use }`, nor false where a plugin stands. */
export function notANode(place: Place, kind: string, required: boolean, received: unknown): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_NOT_A_NODE',
    message: `${place.path} names no plugin of the kind ${kind}.`,
    ...place,
    expected: `'NAME' or { use: 'NAME', …options }${required ? '' : ', or false to take it out'}`,
    received: showValue(received),
  });
}

/** `false` where a plugin must stand. */
export function requiredTakenOut(place: Place, known: readonly string[]): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_REQUIRED_TAKEN_OUT',
    message: `${place.path} can not be taken out: a run needs one.`,
    ...place,
    expected: listNames(known),
    received: 'false',
  });
}

/** `false` for an entry that no layer below has. */
export function nothingToTakeOut(place: Place, key: string, known: readonly string[]): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_NOTHING_TO_TAKE_OUT',
    message: `There is no «${key}» to take out.`,
    ...place,
    expected: listNames(known, 'nothing: the map is empty'),
    nearest: nearestName(key, known),
  });
}

/** `weight` on something else than a reward. */
export function weightOutsideRewards(place: Place): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_WEIGHT_OUTSIDE_REWARDS',
    message: 'Only rewards have a weight.',
    ...place,
    hint: 'take it away; what a plugin multiplies with is an option of its own',
  });
}

/** A key that the engine keeps for itself, in a place where it means nothing. */
export function reservedKey(place: Place, key: string, hint: string): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_RESERVED_KEY',
    message: `The key «${key}» is reserved.`,
    ...place,
    hint,
  });
}

/** A name of a part that could not stand in paths and metrics. */
export function badPartName(place: Place, key: string): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_BAD_PART_NAME',
    message: `«${key}» can not name a part.`,
    ...place,
    expected: 'a letter, then letters, digits, - and _',
    hint: 'the name stands in config paths and in the names of metrics',
  });
}

/** The mini-batch asks for more responses than a rollout has. */
export function miniBatchTooLarge(place: Place, miniBatch: number, rollout: number): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_MINI_BATCH_TOO_LARGE',
    message: 'The mini-batch is larger than the rollout.',
    ...place,
    expected: `at most ${rollout} responses: rollout.prompts × rollout.groupSize`,
    received: String(miniBatch),
    hint: `set update.miniBatch to ${rollout} or less, or make the rollout larger`,
  });
}

/** The mini-batch would cut a group in two. */
export function miniBatchSplitsGroups(place: Place, miniBatch: number, groupSize: number): DapoError {
  const below = Math.floor(miniBatch / groupSize) * groupSize;
  const around = below === 0 ? [groupSize] : [below, below + groupSize];
  return new DapoError({
    code: 'DAPO_CONFIG_MINI_BATCH_SPLITS_GROUPS',
    message: 'The mini-batch is not made of whole groups.',
    ...place,
    expected: `a multiple of rollout.groupSize (${groupSize})`,
    received: String(miniBatch),
    nearest: listNames(around.map(String)),
  });
}

/** Several rewards want to say which answers are right. */
export function severalCorrectRewards(paths: readonly string[]): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_SEVERAL_CORRECT_REWARDS',
    message: 'More than one reward says which answers are correct.',
    path: paths.join(', '),
    expected: 'at most one',
    hint: `take one out: --set ${paths.at(-1)}=false`,
  });
}

/** No reward goes into the score. */
export function noTaskReward(): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_NO_TASK_REWARD',
    message: 'No reward scores the task: all of them only shape it.',
    path: 'rewards',
    expected: 'at least one reward of the role task',
  });
}

/** A plugin needs what nothing provides. */
export function needUnmet(place: Place, plugin: string, need: string, providers: readonly string[]): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_NEED_UNMET',
    message: `${plugin} needs «${need}», which nothing here provides.`,
    ...place,
    expected: listNames(providers, 'a plugin that provides it; none is known'),
    hint: `${providers.length > 0 ? 'add one of these to the config' : 'add the file or package of such a plugin to plugins'}; one of your own says it by provides: ['${need}']`,
  });
}

/** The sampling distribution isn't the one whose log-probs are known. A warning. */
export function truncatedSampling(place: Place): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_TRUNCATED_SAMPLING',
    message:
      'With top-p or top-k in the rollout, the log-probs of the full vocabulary are not those of the sampling policy.',
    ...place,
    expected: 'topP 1 and topK 0',
    hint: 'keep it for evaluation.topP, or add a correction',
  });
}

/** Evaluations are asked for but there is nothing to evaluate on. A warning. */
export function nothingToEvaluate(place: Place): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_NOTHING_TO_EVALUATE',
    message: 'There are no held-out prompts, so nothing will be evaluated.',
    ...place,
    hint: 'name some: prompts.heldOut, or say that it is meant so: evaluation.every: 0',
  });
}

/** Answers are evaluated, and no reward says which of them are right. A warning. */
export function nobodyJudges(place: Place, judges: readonly string[]): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_NOBODY_JUDGES',
    message: 'No reward says which answers are correct, so every evaluation will find an accuracy of 0.',
    ...place,
    expected: listNames(judges, 'a reward that says it; none is known'),
    hint: "let a reward of your own say it (provides: ['correct']; judges: true for a function), or do without: evaluation.every: 0",
  });
}

/** What a plugin has to say about the config that it stands in; an error or a warning. */
export function pluginRemark(place: Place, plugin: string, message: string, hint?: string): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_PLUGIN_REMARK',
    message: `${plugin}: ${message}`,
    ...place,
    hint,
  });
}

/** The check of a plugin threw instead of giving its remarks. */
export function checkThrew(place: Place, plugin: string, cause: unknown): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_CHECK_THREW',
    message: `${plugin} threw while it checked the config: ${causeText(cause)}`,
    ...place,
    hint: 'look at its stack: dapo prints it with --verbose',
    cause,
  });
}

/** Something went wrong that no rule foresees: a fault of the engine, told as such. */
export function resolutionFailed(cause: unknown): DapoError {
  return new DapoError({
    code: 'DAPO_CONFIG_RESOLUTION_FAILED',
    message: `The config could not be resolved: ${causeText(cause)}`,
    hint: 'this is a fault of the engine; please report it with the config',
    cause,
  });
}
