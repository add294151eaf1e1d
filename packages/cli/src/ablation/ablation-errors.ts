import { CommandError } from '../command-error.js';

/** Neither a study that is shipped nor a file. */
export function unknownStudy(name: string, known: readonly string[], nearest: string | undefined): CommandError {
  return new CommandError(`There is no study «${name}».`, {
    code: 'DAPO_CLI_UNKNOWN_STUDY',
    expected: `${known.join(', ')}, or a study file (.json)`,
    nearest,
    hint: 'a study of your own: { "kind": "list", "variants": [{ "name": "…", "set": ["path=value"] }] }',
  });
}

/** A study file whose kind is none; `place` is its file and line. */
export function studyBroken(
  place: string,
  kinds: readonly string[],
  received: string | undefined,
  nearest: string | undefined,
): CommandError {
  const what = received === undefined ? 'it does not say its kind' : `${received} is no kind of study`;
  return new CommandError(`${place} holds no study: ${what}.`, {
    code: 'DAPO_CLI_STUDY_BROKEN',
    expected: `"kind": ${kinds.map((kind) => `"${kind}"`).join(', ')}`,
    nearest,
    hint: 'a list has "variants": [{ "name", "set" }], a grid has "grid": { "path": [values] }',
  });
}

/** A variant that is the same as another one. */
export function variantChangesNothing(variant: string, other: string): CommandError {
  return new CommandError(`The variant «${variant}» changes nothing: its config is that of «${other}».`, {
    code: 'DAPO_CLI_VARIANT_CHANGES_NOTHING',
    hint: 'leave it out, or see what the config says already: dapo config',
  });
}

/** A variant whose change has no effect under this config. */
export function variantCanNotAct(variant: string, other: string, reason: string): CommandError {
  return new CommandError(`The variant «${variant}» would train exactly as «${other}» does: ${reason}`, {
    code: 'DAPO_CLI_VARIANT_CAN_NOT_ACT',
    hint: 'change the config so that it can act, or leave the variant out',
  });
}

/** Two variants of one name would share a folder. */
export function variantNameTaken(name: string): CommandError {
  return new CommandError(`Two variants are called «${name}».`, {
    code: 'DAPO_CLI_VARIANT_NAME_TAKEN',
    expected: 'names that differ in their letters and digits',
  });
}

/** A study that has nothing to compare. */
export function nothingToCompare(study: string, why: string): CommandError {
  return new CommandError(`The study «${study}» has nothing to compare: ${why}`, {
    code: 'DAPO_CLI_NOTHING_TO_COMPARE',
  });
}

/** No score can be read from runs that are never measured. */
export function studyNotMeasured(variant: string): CommandError {
  return new CommandError(`The variant «${variant}» is never evaluated, so nothing could be compared.`, {
    code: 'DAPO_CLI_STUDY_NOT_MEASURED',
    expected: 'prompts.heldOut and evaluation.every above 0',
  });
}

/** No score can be read from runs that don't write down what was measured. */
export function studyNotRecorded(variant: string): CommandError {
  return new CommandError(`The variant «${variant}» writes no metrics.jsonl, so nothing could be compared.`, {
    code: 'DAPO_CLI_STUDY_NOT_RECORDED',
    expected: 'the tracker jsonl, with metrics.jsonl for its file',
    hint: "--set 'trackers.jsonl={ use: jsonl, file: metrics.jsonl }'",
  });
}

/** The folder belongs to a study with another plan. */
export function otherStudyThere(folder: string, what: string): CommandError {
  return new CommandError(`In ${folder} lies a study with another plan: ${what}.`, {
    code: 'DAPO_CLI_OTHER_STUDY_THERE',
    expected: 'the same command again goes on with it; more seeds lengthen it',
    hint: 'name another folder: --out FOLDER',
  });
}

/** Somebody is at work there. */
export function studyRunning(folder: string, pid: number): CommandError {
  return new CommandError(`The study in ${folder} is running already, as process ${pid}.`, {
    code: 'DAPO_CLI_STUDY_RUNNING',
    hint: 'wait for it, or stop it with Ctrl-C there',
  });
}

/** Runs of a study that are not of the code and data of now; `others` counts those beside the one named. */
export function studyRunsChanged(folder: string, changes: readonly string[], others: number): CommandError {
  const lines = changes.map((line) => `    ${line}`).join('\n');
  const more = others === 0 ? '' : `, nor ${others} other${others === 1 ? '' : 's'} of the study`;
  return new CommandError(`The run in ${folder} was not trained with what is there now${more}:\n${lines}`, {
    code: 'DAPO_CLI_STUDY_RUNS_CHANGED',
    expected: 'the code and the data that the study began with: its runs are compared with each other',
    hint: 'name another folder: --out FOLDER; or remove such runs, and they are trained anew',
  });
}

/** Whatever a one-step run could tell is not known. */
export function pilotFailed(variant: string, output: string): CommandError {
  return new CommandError(`The pilot of the variant «${variant}» failed:\n${output}`, {
    code: 'DAPO_CLI_PILOT_FAILED',
    hint: 'a plan without one: --dry-run --no-pilot; a study without one needs --budget',
  });
}
