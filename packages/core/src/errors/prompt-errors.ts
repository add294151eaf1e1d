import { DapoError } from './dapo-error.js';

/** A checkpoint was made over other data than the config names now. */
export function dataChanged(saved: string, found: string): DapoError {
  return new DapoError({
    code: 'DAPO_DATA_CHANGED',
    message: 'The prompts are not the ones that this run began with, so its place in them means nothing.',
    expected: saved,
    received: found,
    hint: 'put the old data back, or begin a new run',
  });
}
