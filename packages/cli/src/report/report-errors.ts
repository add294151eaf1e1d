import { CommandError } from '../command-error.js';

/** A study.json that a report can't be made of. */
export function studyNotReportable(folder: string, what: string): CommandError {
  return new CommandError(`The study in ${folder} can not be reported: ${what}.`, {
    code: 'DAPO_CLI_STUDY_NOT_REPORTABLE',
    expected: 'study.json as dapo ablate writes it: variants, comparisons, budget',
    hint: 'give the command of the study again: it goes on, and writes the file anew',
  });
}
