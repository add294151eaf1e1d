import type { ErrorExplanations } from './explanation.js';

/** Errors of what a config says. */
export const configExplanations: ErrorExplanations = {
  DAPO_CONFIG_UNKNOWN_KEY: {
    title: 'A key that the engine does not know',
    why: 'A key of the engine is misspelt, or stands one level too high or too low. A key that means nothing is refused: passed over in silence, it would change no run and nobody would see it.',
    remedy:
      'Take the name given as nearest, or move the key to where it belongs. Options of a plugin stand beside its `use`.',
    next: 'dapo config',
  },
  DAPO_CONFIG_UNKNOWN_OPTION: {
    title: 'An option that the plugin does not have',
    why: 'The option is misspelt, or belongs to another plugin: naming another `use` takes the options of the old one away.',
    remedy: 'Take the name given as nearest, or look at the options of the plugin.',
    next: 'dapo plugins NAME',
  },
  DAPO_CONFIG_BAD_VALUE: {
    title: 'A value that does not fit',
    why: 'The value is of another type than the option, or outside of its bounds. On the command line values are YAML: 5 is a number, "5" a text.',
    remedy: 'Give a value as the line «expected» says. Quote what the shell would change.',
    next: 'dapo config',
  },
  DAPO_CONFIG_MISSING_OPTION: {
    title: 'An option without a default that nothing sets',
    why: 'The plugin can not guess this value: the file of the prompts, for example.',
    remedy: 'Set the option in the config, or with --set.',
    next: 'dapo plugins NAME',
  },
  DAPO_CONFIG_NOT_PLAIN_DATA: {
    title: 'An option that is code',
    why: 'The options of a run are written into its manifest, so that it can be repeated. A function or an object of a class can not be written there.',
    remedy: 'Put the code into a plugin file, and name the file in the config: `use: "./my-plugin.ts"`.',
    next: 'dapo validate',
  },
  DAPO_CONFIG_MISSING_PLUGIN: {
    title: 'No plugin is chosen for a place that needs one',
    why: 'Neither the config, nor what it extends, nor the defaults name a plugin for this place: prompts and rewards, above all, are yours to name.',
    remedy: "Name one, or extend a preset that does: `extends: 'dapo'`.",
    next: 'dapo plugins KIND',
  },
  DAPO_CONFIG_NODE_WITHOUT_USE: {
    title: 'Options without a plugin',
    why: 'There are options in this place, and no layer of the config says for which plugin they are meant.',
    remedy: 'Add `use`.',
    next: 'dapo plugins KIND',
  },
  DAPO_CONFIG_NOT_A_NODE: {
    title: 'Something else where a plugin is to be named',
    why: 'A place for a plugin takes a name, a map with `use` and its options, or false. A list or a number says nothing here.',
    remedy: "Write `'NAME'`, or `{ use: 'NAME', … }`.",
    next: 'dapo plugins KIND',
  },
  DAPO_CONFIG_REQUIRED_TAKEN_OUT: {
    title: 'A part that every run needs is taken out',
    why: 'false takes a part out, and this one can only be exchanged.',
    remedy: 'Name another plugin of the kind.',
    next: 'dapo plugins KIND',
  },
  DAPO_CONFIG_NOTHING_TO_TAKE_OUT: {
    title: 'Nothing of this name to take out',
    why: 'false takes out an entry that a layer below has brought in. No layer has one of this name: a misspelt name would otherwise leave the technique on.',
    remedy: 'Look at the names that the config has.',
    next: 'dapo config',
  },
  DAPO_CONFIG_WEIGHT_OUTSIDE_REWARDS: {
    title: 'A weight on something else than a reward',
    why: '`weight` is a key of the engine: the factor of a reward in the score.',
    remedy: 'Take it away. What another plugin multiplies with is an option of its own.',
    next: 'dapo plugins NAME',
  },
  DAPO_CONFIG_RESERVED_KEY: {
    title: 'A key that the engine keeps for itself',
    why: '`use` and `weight` mean the same for every plugin, so no plugin or list of plugins may use them otherwise.',
    remedy: 'Choose another name.',
    next: 'dapo validate',
  },
  DAPO_CONFIG_BAD_PART_NAME: {
    title: 'A name that can not stand in a path',
    why: 'The keys of rewards, filters, guards, trackers and signals stand in config paths and in the names of metrics.',
    remedy: 'Begin with a letter; go on with letters, digits, - and _.',
    next: 'dapo validate',
  },
  DAPO_CONFIG_MINI_BATCH_TOO_LARGE: {
    title: 'A mini-batch larger than the rollout',
    why: 'update.miniBatch counts responses. A rollout has rollout.prompts × rollout.groupSize of them.',
    remedy: 'Make the mini-batch smaller, or the rollout larger.',
    next: 'dapo config',
  },
  DAPO_CONFIG_MINI_BATCH_SPLITS_GROUPS: {
    title: 'A mini-batch that would cut a group in two',
    why: 'A group stays whole, so that what is computed over groups is the same in every mini-batch.',
    remedy: 'Make update.miniBatch a multiple of rollout.groupSize.',
    next: 'dapo config',
  },
  DAPO_CONFIG_SEVERAL_CORRECT_REWARDS: {
    title: 'Several rewards say which answers are right',
    why: 'Accuracy, filters on outcomes and evaluation need one voice.',
    remedy: 'Take out all but one of them with false.',
    next: 'dapo validate',
  },
  DAPO_CONFIG_NO_TASK_REWARD: {
    title: 'No reward scores the task',
    why: 'Shaping rewards are added to a score; with them alone there is none.',
    remedy: 'Add a reward of the role task.',
    next: 'dapo plugins reward',
  },
  DAPO_CONFIG_NEED_UNMET: {
    title: 'A plugin needs something that nothing provides',
    why: 'A KL penalty, for example, needs reference log-probs, and no signal in the config computes them.',
    remedy: 'Add one of the plugins in the line «expected», or take the plugin out that needs it.',
    next: 'dapo plugins signal',
  },
  DAPO_CONFIG_TRUNCATED_SAMPLING: {
    title: 'Top-p or top-k in the rollout (a warning)',
    why: 'Cut to the likeliest tokens, the sampling policy is another than the one whose log-probs are known: the ratio compares two different things.',
    remedy: 'Use evaluation.topP for evaluation only, or add a correction.',
    next: 'dapo plugins correction',
  },
  DAPO_CONFIG_NOTHING_TO_EVALUATE: {
    title: 'Evaluations without held-out prompts (a warning)',
    why: 'evaluation.every asks for evaluations, and there is nothing to evaluate on.',
    remedy: 'Name prompts.heldOut, or set evaluation.every to 0.',
    next: 'dapo plugins prompts',
  },
  DAPO_CONFIG_NOBODY_JUDGES: {
    title: 'Evaluations without a reward that knows right from wrong (a warning)',
    why: 'Accuracy is the share of answers that a reward calls correct. None of the rewards does, so it would be 0 however good the answers are.',
    remedy: 'Add a reward that says it, or set evaluation.every to 0.',
    next: 'dapo plugins reward',
  },
  DAPO_CONFIG_PLUGIN_REMARK: {
    title: 'What a plugin has to say of the config',
    why: 'The plugin has looked at the whole config and found values that do not go together: low above high, a warm-up longer than the run.',
    remedy: 'The remark names the values, and says whether it is an error or a warning.',
    next: 'dapo plugins NAME',
  },
  DAPO_CONFIG_CHECK_THREW: {
    title: 'The check of a plugin threw',
    why: 'The function `check` of a plugin broke while it looked at the config. That is a fault of the plugin.',
    remedy: 'Look at the stack, and mend `check`.',
    next: 'dapo validate --verbose',
  },
  DAPO_CONFIG_RESOLUTION_FAILED: {
    title: 'The config could not be resolved',
    why: 'Something went wrong that no rule foresees: a fault of the engine.',
    remedy: 'Please report it, with the config.',
    next: 'dapo validate --verbose',
  },
  DAPO_PROBLEMS: {
    title: 'Several problems at once',
    why: 'All problems of a config are gathered and shown together; each has a code of its own.',
    remedy: 'Go through them from the top: the first may be the cause of others.',
    next: 'dapo validate',
  },
};
