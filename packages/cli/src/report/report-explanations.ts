import type { ErrorExplanations } from '@dapo/core';

/** Of the errors of `dapo report` and `dapo reproduce`. */
export const reportExplanations: ErrorExplanations = {
  DAPO_CLI_STUDY_NOT_REPORTABLE: {
    title: 'A study that can not be reported',
    why: 'Its study.json was changed by hand, was written by another version, or belongs to something else.',
    remedy: 'Give the command of the study again: finished runs are kept, and the file is written anew.',
    next: 'dapo ablate --help',
  },
};
