import type { CataloguedError } from '../catalogue.js';
import { page } from './markdown.js';

/** One section a code, in the order of the alphabet. */
export function errorPage(errors: readonly CataloguedError[]): string {
  const sections = errors.map(
    ({ code, title, why, remedy, next }) =>
      `## ${code}\n\n${title}.\n\n- Why: ${why}\n- Do: ${remedy}\n- Next: \`${next}\``,
  );
  return page(
    'Errors',
    'The code stands behind the first line of an error and is never used for another. `dapo explain CODE` prints the same.',
    ...sections,
  );
}
