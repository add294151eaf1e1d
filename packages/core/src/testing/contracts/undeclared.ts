import { DapoError } from '../../errors/dapo-error.js';

/** A plugin reads what only plugins are given that ask for it. */
export function needNotDeclared(what: string, need: string): DapoError {
  return new DapoError({
    code: 'DAPO_TEST_CONTRACT_NEED',
    message: `It reads ${what} without asking for it: a run gives it only to plugins that need it.`,
    hint: `write needs: ['${need}'] into the plugin`,
  });
}
