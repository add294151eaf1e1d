import type { ErrorExplanations } from './explanation.js';

/** Errors of plugins: finding them, loading them, and what they give. */
export const pluginExplanations: ErrorExplanations = {
  DAPO_PLUGIN_UNKNOWN: {
    title: 'No plugin of this name',
    why: 'The name is misspelt, it is one that papers use and not the one that configs use, or the file of a plugin is named without ./.',
    remedy: 'Take the name given as nearest. Your own plugin is named by its file (./my-plugin.ts) or its package.',
    next: 'dapo plugins KIND',
  },
  DAPO_PLUGIN_WRONG_KIND: {
    title: 'A plugin of another kind',
    why: 'The plugin exists, and stands in a place for plugins of another kind.',
    remedy: 'Move it to the place of its kind, or take one of those in the line «expected».',
    next: 'dapo plugins KIND',
  },
  DAPO_PLUGIN_IMPORT_FAILED: {
    title: 'The file or package of a plugin can not be imported',
    why: 'It is not there, not installed, can not be parsed, or its code broke while it was loaded.',
    remedy: 'Mend the line named, or install the package beside the config.',
    next: 'dapo validate --verbose',
  },
  DAPO_PLUGIN_NOT_A_PLUGIN: {
    title: 'A module that exports no plugin',
    why: 'What the module exports was not made by definePlugin.',
    remedy: 'Write `export default definePlugin({ kind, name, create })`.',
    next: 'dapo validate',
  },
  DAPO_PLUGIN_AMBIGUOUS: {
    title: 'A module with several plugins of the kind',
    why: 'Nothing says which of them is meant.',
    remedy: 'Name it after a #: `./my-plugins.ts#mine`.',
    next: 'dapo validate',
  },
  DAPO_PLUGIN_NOT_IN_MODULE: {
    title: 'The module has no such plugin',
    why: 'What follows the # is not the name of a plugin of this kind in the module.',
    remedy: 'Take one of the names in the line «expected».',
    next: 'dapo validate',
  },
  DAPO_PLUGIN_DUPLICATE: {
    title: 'Two plugins of one kind and name',
    why: 'A name in a config must mean one plugin.',
    remedy: 'Rename one of them, or name your own by its file.',
    next: 'dapo plugins KIND',
  },
  DAPO_PLUGIN_OTHER_CORE: {
    title: 'A plugin made for another version of the core',
    why: 'Two copies of @dapo/core are installed, and their plugin contracts differ.',
    remedy: 'Bring both to one version.',
    next: 'npm ls @dapo/core',
  },
  DAPO_PLUGIN_LISTED_IMPORT_FAILED: {
    title: 'A plugin that a package lists can not be imported',
    why: 'The package is damaged, or a dependency of it is missing.',
    remedy: 'Install the package anew.',
    next: 'npm install',
  },
  DAPO_PLUGIN_MANIFEST_MISMATCH: {
    title: 'A package lists a plugin under a name that is not its own',
    why: 'The index of the package and the file of the plugin disagree. That is a fault of the package.',
    remedy: 'Mend the index.',
    next: 'dapo validate',
  },
  DAPO_PLUGIN_BAD_DEFINITION: {
    title: 'A plugin that is not well defined',
    why: 'Its kind is none, its name is not kebab-case, its options are no strict schema, or an option takes a key of the engine.',
    remedy: 'Mend the call of definePlugin.',
    next: 'dapo validate',
  },
  DAPO_PLUGIN_SLOTS_WITHOUT_END: {
    title: 'Plugins within plugins without end',
    why: 'A slot has a default that, by its own slots, comes back to itself.',
    remedy: 'Give one of the slots no default.',
    next: 'dapo validate',
  },
  DAPO_PLUGIN_THREW: {
    title: 'A plugin threw',
    why: 'The code of a plugin broke while it was made or at work.',
    remedy: 'Look at the stack; the message names the plugin, its place in the config and the step.',
    next: 'dapo train --verbose',
  },
  DAPO_PLUGIN_WRONG_SHAPE: {
    title: 'A tensor of the wrong shape',
    why: 'A plugin gave a tensor of another shape than its contract says: a loss reduced to one number, for example, where one per token [R, T] is due.',
    remedy: 'Give the shape in the line «expected». A loss never averages over tokens: that is the aggregation’s.',
    next: 'dapo train --verbose',
  },
  DAPO_PLUGIN_UNDECLARED_METRIC: {
    title: 'A metric that the plugin has not declared',
    why: 'The engine must know what a metric is averaged over before it can be reduced over micro-batches.',
    remedy: 'Add it to `metrics` of the plugin, or mend its name.',
    next: 'dapo plugins --metrics',
  },
  DAPO_PLUGIN_REWARD_COUNT: {
    title: 'A reward gave the wrong number of values',
    why: 'A reward is handed a batch of responses and owes one value for each, in their order; per token, one for each token.',
    remedy: 'Give null for what can not be scored; leave nothing out.',
    next: 'dapo train --verbose',
  },
  DAPO_PLUGIN_REWARD_NOT_FINITE: {
    title: 'A reward that is no finite number',
    why: 'NaN or an infinity: a division by 0 or a text that is no number, mostly.',
    remedy: 'Give a number, or null where the response can not be scored.',
    next: 'dapo train --verbose',
  },
  DAPO_PLUGIN_WRONG_COUNT: {
    title: 'A plugin gave the wrong number of values',
    why: 'A filter owes one judgement for each group or response that it is handed, in their order.',
    remedy: 'Judge each; leave nothing out.',
    next: 'dapo train --verbose',
  },
  DAPO_PLUGIN_GENERATOR_WRONG: {
    title: 'A generator gave something that does not fit',
    why: 'A generator owes one group per prompt, and for each token its log-prob and a mark of who chose it.',
    remedy: 'Mend the generator: the text names what does not fit.',
    next: 'dapo plugin test FILE',
  },
  DAPO_PLUGIN_SIGNAL_MISSING: {
    title: 'A plugin reads a signal that nobody computed',
    why: 'The engine computes the signals that plugins need. This one reads another.',
    remedy: 'Add it to `needs` of the plugin, and name a plugin that provides it under signals.',
    next: 'dapo plugins signal',
  },
  DAPO_PLUGIN_NEVER_SETTLED: {
    title: 'A plugin does not answer',
    why: 'A promise of the plugin is neither resolved nor rejected: a request without a time limit, mostly.',
    remedy: 'Give requests a time limit.',
    next: 'dapo train --verbose',
  },
  DAPO_PLUGIN_INJECTION_MISSING: {
    title: 'A plugin asks for what is not there yet',
    why: 'Plugins are made in the order of the data’s way. One can ask only for what stands before it.',
    remedy: 'Take the value from the arguments of the contract instead.',
    next: 'dapo plugins NAME',
  },
  DAPO_TEST_NOT_CLOSE: {
    title: 'Numbers differ in a test',
    why: '`expectAllclose` of @dapo/core/testing has found a number outside of the tolerance.',
    remedy: 'Look at the element named: the formula is wrong there, or the tolerance is too small for float32.',
    next: 'npx vitest run FILE',
  },
};
