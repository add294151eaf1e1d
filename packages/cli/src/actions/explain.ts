import { closestMatch } from 'leven';
import { readCatalogue, type CataloguedError } from '../catalogue.js';
import { unknownCode } from '../command-error.js';
import { allErrors } from '../all-errors.js';
import { table } from '../render/table.js';
import { coloursOf, print, printJson, widthOf } from '../terminal.js';

interface ExplainOptions {
  readonly json?: true;
}

/** Explains one error, or lists all of them. */
export function explain(code: string | undefined, { json }: ExplainOptions): void {
  const errors = allErrors(readCatalogue());
  if (code === undefined) return json ? printJson(errors) : print(list(errors));
  const error = find(code, errors);
  if (json) printJson(error);
  else print(page(error));
}

/** A whole code in any spelling, or the end of one where it is the end of no other. */
function find(code: string, errors: readonly CataloguedError[]): CataloguedError {
  const wanted = code.toUpperCase().replaceAll('-', '_');
  const ending = errors.filter((error) => error.code === wanted || error.code.endsWith(`_${wanted}`));
  const found = errors.find((error) => error.code === wanted) ?? (ending.length === 1 ? ending[0] : undefined);
  if (found) return found;
  const codes = errors.map((error) => error.code);
  const near = closestMatch(wanted, codes, { maxDistance: 6 });
  throw unknownCode(code, near ?? codes.find((known) => known.includes(`_${wanted}`)));
}

function page({ code, title, why, remedy, next }: CataloguedError): string {
  const { bold, cyan, dim } = coloursOf(process.stdout);
  const rows = [
    [dim('why'), why],
    [dim('do'), remedy],
    [dim('next'), cyan(next)],
  ];
  return `${bold(code)}\n${title}.\n\n${table(rows, { indent: 2, width: widthOf(process.stdout) })}`;
}

function list(errors: readonly CataloguedError[]): string {
  const { cyan } = coloursOf(process.stdout);
  const rows = errors.map(({ code, title }) => [cyan(code), title]);
  return table(rows, { width: widthOf(process.stdout) });
}
