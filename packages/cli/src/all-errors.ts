import type { Catalogue, CataloguedError } from './catalogue.js';
import { explanations } from './explanations.js';

/** Of the engine, its plugins, and the command line, by code. */
export function allErrors({ errors }: Pick<Catalogue, 'errors'>): CataloguedError[] {
  const own = Object.entries(explanations).map(([code, explanation]) => ({ code, ...explanation }));
  return [...errors, ...own].sort((a, b) => (a.code < b.code ? -1 : 1));
}
