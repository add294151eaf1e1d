import type { ErrorExplanations } from './explanation.js';

const SUITE = 'dapo plugin test FILE';

/** Errors of the contract suite that authors of plugins run. */
export const contractExplanations: ErrorExplanations = {
  DAPO_TEST_CONTRACT_BROKEN: {
    title: 'A plugin breaks its contract',
    why: 'A check of the contract suite found something that a run would trip over, or worse, would not notice.',
    remedy: 'The text names the check and what was found.',
    next: SUITE,
  },
  DAPO_TEST_CONTRACT_OPTIONS: {
    title: 'The suite has no options for a plugin',
    why: 'The plugin has options without defaults, and the suite can not guess them.',
    remedy: 'Hand them over: describeContract(plugin, { options }).',
    next: SUITE,
  },
  DAPO_TEST_CONTRACT_INSTANCE: {
    title: 'The create of a plugin gives no object',
    why: 'What `create` gives is the instance that a run uses; a missing return is the usual cause.',
    remedy: 'Return an object with the functions of the contract.',
    next: SUITE,
  },
  DAPO_TEST_CONTRACT_DEPENDENCY: {
    title: 'A plugin asks for what the suite has no stand-in for',
    why: 'The suite makes a plugin outside of a run, and has stand-ins for some tokens only.',
    remedy: 'Hand one over: describeContract(plugin, { deps }).',
    next: SUITE,
  },
  DAPO_TEST_CONTRACT_PART: {
    title: 'The suite has no plugin for a slot',
    why: 'The plugin has a slot without a default, of a kind that the suite has no plain plugin of.',
    remedy: 'Hand one over: describeContract(plugin, { parts }).',
    next: SUITE,
  },
  DAPO_TEST_CONTRACT_NO_RUNNER: {
    title: 'No test runner',
    why: 'describeContract writes tests, and found no runner to write them for.',
    remedy: 'Run the file with vitest, or use checkContract.',
    next: 'npx vitest run FILE',
  },
  DAPO_TEST_CONTRACT_NEED: {
    title: 'A plugin reads what it does not ask for',
    why: 'The engine computes what plugins need and nothing else: in a run this would not be there.',
    remedy: 'Add it to `needs` of the plugin.',
    next: SUITE,
  },
  DAPO_TEST_CONTRACT_NO_PLUGIN: {
    title: 'The suite was handed no plugin',
    why: 'What was handed over was not made by definePlugin: a module instead of its default export, mostly.',
    remedy: 'Hand over the default export of the plugin file.',
    next: SUITE,
  },
  DAPO_TEST_CONTRACT_ENDLESS: {
    title: 'A sampler without an end',
    why: 'It asks for prompts or rollouts again and again within one step, whatever it gets.',
    remedy: 'Give up after a number of rounds.',
    next: SUITE,
  },
};
