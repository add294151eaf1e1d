import type { ErrorExplanations } from '@dapo/core';
import { ablationExplanations } from './ablation/ablation-explanations.js';
import { installExplanations } from './backend-install/install-explanations.js';
import { benchmarkExplanations } from './benchmark/benchmark-explanations.js';
import { reportExplanations } from './report/report-explanations.js';

/** Of every error that the command line itself can report. */
export const explanations: ErrorExplanations = {
  ...ablationExplanations,
  ...benchmarkExplanations,
  ...installExplanations,
  ...reportExplanations,
  DAPO_CLI_USAGE: {
    title: 'The command line can not be understood',
    why: 'A command or option is misspelt, a value is missing or of another type, or two options exclude each other.',
    remedy: 'Every command explains itself and ends with examples.',
    next: 'dapo help COMMAND',
  },
  DAPO_CLI_UNKNOWN_PLUGIN: {
    title: 'No kind or plugin of this name',
    why: 'The name is misspelt, or it is that of a plugin of your own: listed are those that are shipped.',
    remedy: 'Take the name given as nearest.',
    next: 'dapo plugins',
  },
  DAPO_CLI_UNKNOWN_CODE: {
    title: 'No error has this code',
    why: 'The code is misspelt, or of another version.',
    remedy: 'Copy it from the first line of the error.',
    next: 'dapo explain',
  },
  DAPO_CLI_NOTHING_TO_SAMPLE_FROM: {
    title: 'Nothing is named to sample from',
    why: 'dapo generate needs a trained policy: that of a run, or one that was saved alone.',
    remedy: 'Name it with --run or --policy.',
    next: 'dapo generate PROMPT --run RUN',
  },
  DAPO_CLI_CATALOGUE_MISSING: {
    title: 'The catalogue of plugins is not there',
    why: 'It is written by the build, and this clone has not been built.',
    remedy: 'Build it.',
    next: 'npm run build',
  },
  DAPO_CLI_NOT_A_RUN: {
    title: 'No run in this folder',
    why: 'A run has a manifest.json. The folder is another one, or one above or below.',
    remedy: 'Name the folder that dapo train printed at its end.',
    next: 'ls runs',
  },
  DAPO_CLI_CHECKPOINT_NOT_THERE: {
    title: 'A checkpoint that the run does not have',
    why: 'A run keeps its newest checkpoints only: checkpoints.keep says how many.',
    remedy: 'Name one of those that are there, or the folder of the run for its newest.',
    next: 'dapo eval RUN',
  },
  DAPO_CLI_PRESET_WITH_FILE: {
    title: 'A preset and a config file',
    why: '--preset shows a preset alone.',
    remedy: 'Leave out one of them.',
    next: 'dapo config --preset dapo',
  },
  DAPO_CLI_FOLDER_TAKEN: {
    title: 'Something is in the folder already',
    why: 'Nothing is overwritten that might be wanted.',
    remedy: 'Name another folder, or empty this one.',
    next: 'dapo sft --out OTHER',
  },
  DAPO_CLI_UNKNOWN_BACKEND: {
    title: 'No backend of this name',
    why: 'The name is misspelt.',
    remedy: 'Take one of those in the line «expected».',
    next: 'dapo doctor',
  },
  DAPO_CLI_NO_HELD_OUT: {
    title: 'A run without held-out problems',
    why: 'The config that the run was started with names no prompts.heldOut, and measuring on the training prompts would flatter.',
    remedy: 'Train with a prompts.heldOut.',
    next: 'dapo train --set prompts.heldOut=…',
  },
  DAPO_CLI_METRICS_MISSING: {
    title: 'A run without metrics.jsonl',
    why: 'What is trained again is compared with the metrics of the run. Its tracker jsonl was off or wrote another file, or the file was deleted.',
    remedy: 'Copy a log of another name to metrics.jsonl, or train with the tracker jsonl.',
    next: 'dapo plugins jsonl',
  },
  DAPO_CLI_RUN_FINISHED: {
    title: 'The run has nothing left to do',
    why: 'It has used up its budget: all its rollout steps, or before them its tokens, prompts, optimizer steps or minutes.',
    remedy:
      'Lengthen rollout steps with --steps. Of any other budget a run keeps what it began with: begin one with more.',
    next: 'dapo resume RUN --steps N',
  },
  DAPO_CLI_UNKNOWN_TEMPLATE: {
    title: 'No template of this name',
    why: 'The name is misspelt, or the template is of another version.',
    remedy: 'Take one of those in the line «expected».',
    next: 'dapo init --list',
  },
  DAPO_CLI_FILES_THERE: {
    title: 'Files that would be written are there already',
    why: 'Nothing is overwritten, so that no work is lost; not one file was written.',
    remedy: 'Name another folder or plugin, or move the files away.',
    next: 'dapo init OTHER --dry-run',
  },
  DAPO_CLI_SCAFFOLD_MISSING: {
    title: 'What new files are made of is not there',
    why: 'Templates and skeletons are copied by the build and travel in the package; this clone has not been built.',
    remedy: 'Build it, or install @dapo/cli again.',
    next: 'npm run build',
  },
  DAPO_CLI_UNKNOWN_KIND: {
    title: 'No kind of plugin of this name',
    why: 'The name is misspelt, or it is that of a plugin and not of a kind.',
    remedy: 'Take the kind given as nearest.',
    next: 'dapo plugins',
  },
  DAPO_CLI_PLUGIN_NAME: {
    title: 'No name for a plugin',
    why: 'The name of a plugin is the name of its file and the value in a config: clip-higher.',
    remedy: 'Take small letters, digits and single hyphens, a letter first.',
    next: 'dapo plugin new clip-rule my-clip',
  },
  DAPO_CLI_NO_PLUGIN: {
    title: 'No plugin in this file',
    why: 'It exports nothing that definePlugin has made.',
    remedy: 'Export the plugin as the default: export default definePlugin({ … }).',
    next: 'dapo plugin new KIND NAME --dry-run',
  },
  DAPO_CLI_PLUGIN_FILE_MISSING: {
    title: 'A plugin file that is not there',
    why: 'The path is misspelt, or relative to another folder; or package.json names under `dapo.plugins` what src/ does not have.',
    remedy: 'Paths start from the folder in which the command runs.',
    next: 'dapo plugin lint',
  },
  DAPO_CLI_PLUGIN_IS_FOLDER: {
    title: 'A folder in the place of a plugin',
    why: 'Commands for plugins take files.',
    remedy: 'Name the files in it; without any, those in plugins/ are taken.',
    next: 'dapo plugin test',
  },
  DAPO_CLI_PLUGIN_IS_TEST: {
    title: 'The test of a plugin in its place',
    why: 'A test runs under Vitest; dapo plugin test runs the suite of the contract on the plugin itself.',
    remedy: 'Name the plugin, or run the test with Vitest.',
    next: 'npx vitest run FILE',
  },
  DAPO_CLI_NO_PLUGIN_FILES: {
    title: 'No plugins in this folder',
    why: 'No file was named, and plugins/ of this folder is empty or not there.',
    remedy: 'Go to the folder of the experiment, name a file, or make one.',
    next: 'dapo plugin new clip-rule my-clip',
  },
  DAPO_CLI_OPTIONS: {
    title: 'Options that are no JSON object',
    why: 'The shell has eaten the quotes, or a name stands without them.',
    remedy: 'Put single quotes around the whole, and double quotes around names.',
    next: 'dapo plugin test FILE --options \'{"least": 2}\'',
  },
};
