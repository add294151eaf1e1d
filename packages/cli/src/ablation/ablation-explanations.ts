import type { ErrorExplanations } from '@dapo/core';

/** Of the errors of `dapo ablate`. */
export const ablationExplanations: ErrorExplanations = {
  DAPO_CLI_UNKNOWN_STUDY: {
    title: 'No study of this name',
    why: 'The name is misspelt, or it is that of a study file and lacks its ending.',
    remedy: 'Take the name given as nearest, or name a study file of your own.',
    next: 'dapo ablate --help',
  },
  DAPO_CLI_STUDY_BROKEN: {
    title: 'A study file without a kind',
    why: 'The kind says what else stands in the file: a list has variants, a grid has paths with values.',
    remedy: 'Write one of the kinds that the text names.',
    next: 'dapo ablate FILE --dry-run',
  },
  DAPO_CLI_VARIANT_CHANGES_NOTHING: {
    title: 'A variant that is the same as another',
    why: 'Its changes are what the config says already. Two equal runs compare nothing.',
    remedy: 'Leave it out.',
    next: 'dapo config',
  },
  DAPO_CLI_VARIANT_CAN_NOT_ACT: {
    title: 'A variant whose change can have no effect',
    why: 'Under this config the technique does nothing: a clip rule with one update a rollout, for example.',
    remedy: 'Change the config so that it can act, or leave the variant out.',
    next: 'dapo config',
  },
  DAPO_CLI_VARIANT_NAME_TAKEN: {
    title: 'Two variants of one name',
    why: 'Runs lie in folders by the name of their variant.',
    remedy: 'Give names that differ in their letters and digits.',
    next: 'dapo ablate STUDY --dry-run',
  },
  DAPO_CLI_NOTHING_TO_COMPARE: {
    title: 'A study with nothing to compare',
    why: 'A comparison takes two variants that differ.',
    remedy: 'Add a variant, or take another study.',
    next: 'dapo ablate --help',
  },
  DAPO_CLI_STUDY_NOT_MEASURED: {
    title: 'A variant that is never evaluated',
    why: 'Variants are compared by their held-out accuracy.',
    remedy: 'Name prompts.heldOut, and set evaluation.every.',
    next: 'dapo config',
  },
  DAPO_CLI_STUDY_NOT_RECORDED: {
    title: 'A variant whose measurements are not written down',
    why: 'Scores are read from metrics.jsonl of each run. The tracker jsonl is off, or its option file names another one.',
    remedy:
      'Keep the tracker jsonl, with metrics.jsonl for its file; another log may stand beside it, under a key of its own.',
    next: 'dapo plugins jsonl',
  },
  DAPO_CLI_OTHER_STUDY_THERE: {
    title: 'Another study in the folder',
    why: 'Runs of two plans in one folder could not be told apart.',
    remedy: 'Name another folder with --out, or give the same command as before to go on.',
    next: 'dapo ablate STUDY --out OTHER',
  },
  DAPO_CLI_STUDY_RUNNING: {
    title: 'The study is running already',
    why: 'Another process is at work in the folder.',
    remedy: 'Wait for it, or stop it with Ctrl-C there.',
    next: 'dapo ablate STUDY --out OTHER',
  },
  DAPO_CLI_STUDY_RUNS_CHANGED: {
    title: 'Runs of a study that were trained with other code or data',
    why: 'A plugin, a file it reads, or a version has changed since. Beside new runs, a difference of the code would be taken for one of the variants.',
    remedy:
      'Begin the study in another folder, or remove the folders of the runs that it names: they are trained anew.',
    next: 'dapo ablate STUDY --out OTHER',
  },
  DAPO_CLI_PILOT_FAILED: {
    title: 'The pilot of a variant failed',
    why: 'Before a study, one step of each variant is run to see that it works and what it costs. This one broke; its output is in the text.',
    remedy: 'Mend the variant, or plan without pilots.',
    next: 'dapo ablate STUDY --dry-run --no-pilot',
  },
};
