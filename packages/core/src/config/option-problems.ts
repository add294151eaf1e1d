import { z } from 'zod';
import { badValue, missingOption, unknownKey, unknownOption, type Place } from '../errors/config-errors.js';
import type { DapoError } from '../errors/dapo-error.js';
import { listNames } from '../errors/wording.js';

type Issue = z.core.$ZodIssue;

/** What is checked, and how its places are told. */
export interface Checked {
  readonly schema: z.ZodObject;
  readonly value: unknown;
  /** `clip-rule clip-higher`; undefined for the engine's own keys. */
  readonly plugin?: string;
  /** The place of a path within the value. */
  readonly place: (path: readonly string[]) => Place;
}

/** The problems that a schema has with a value, each with its path, what is expected and what came. */
export function optionProblems(error: z.ZodError, checked: Checked): DapoError[] {
  return error.issues.flatMap((issue) => issueProblems(issue, checked));
}

/** Keys that a schema knows at a path within it. */
export function keysAt(schema: z.core.$ZodType, path: readonly string[]): string[] {
  const at = schemaAt(schema, path);
  const inner = at && unwrapped(at);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function issueProblems(issue: Issue, checked: Checked): DapoError[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(checked.schema, path);
    return issue.keys.map((key) => unknownProblem(checked, [...path, key], key, known));
  }
  const received = valueAt(checked.value, path);
  const described = describeOption(checked.schema, path);
  const expected = [expectation(issue), described].filter(Boolean).join('; ');
  const place = checked.place(path);
  if (received === undefined && checked.plugin && path.length > 0)
    return [missingOption(place, checked.plugin, expected)];
  return [badValue(place, expected, received)];
}

function unknownProblem(
  { plugin, place }: Checked,
  path: readonly string[],
  key: string,
  known: readonly string[],
): DapoError {
  return plugin ? unknownOption(place(path), plugin, key, known) : unknownKey(place(path), key, known);
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'a whole number' : (typeNames[issue.expected] ?? issue.expected);
    case 'invalid_value':
      return listNames(issue.values.map(String));
    case 'too_small':
      return bound(issue.inclusive === false ? 'above' : 'at least', issue.minimum, issue.origin);
    case 'too_big':
      return bound(issue.inclusive === false ? 'below' : 'at most', issue.maximum, issue.origin);
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return unionExpectation(issue);
    default:
      return issue.message;
  }
}

const typeNames: Readonly<Record<string, string>> = {
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
  null: 'null',
};

function bound(word: string, limit: number | bigint, origin: string): string {
  const one = Number(limit) === 1;
  if (origin === 'string') return `a text of ${word} ${limit} ${one ? 'character' : 'characters'}`;
  if (origin === 'array' || origin === 'set') return `a list of ${word} ${limit} ${one ? 'entry' : 'entries'}`;
  return `a number, ${word} ${limit}`;
}

function unionExpectation(issue: z.core.$ZodIssueInvalidUnion): string {
  const choices = issue.errors.flatMap((issues) => issues.slice(0, 1).map(expectation));
  if (choices.length > 0) return listNames([...new Set(choices)]);
  return 'options' in issue && Array.isArray(issue.options) ? listNames(issue.options.map(String)) : issue.message;
}

/** What the schema says an option is. */
function describeOption(schema: z.ZodObject, path: readonly string[]): string | undefined {
  const option = schemaAt(schema, path);
  return option && descriptionOf(option);
}

function descriptionOf(schema: z.core.$ZodType): string | undefined {
  const own = z.globalRegistry.get(schema)?.description;
  const inner = innerOf(schema);
  return own ?? (inner && descriptionOf(inner));
}

function schemaAt(schema: z.core.$ZodType, path: readonly string[]): z.core.$ZodType | undefined {
  let at: z.core.$ZodType | undefined = schema;
  for (const key of path) {
    at = at && unwrapped(at);
    if (at instanceof z.ZodArray) at = at.element;
    else if (at instanceof z.ZodObject) at = (at.shape as Record<string, z.core.$ZodType>)[key];
    else return undefined;
  }
  return at;
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  const inner = innerOf(schema);
  return inner ? unwrapped(inner) : schema;
}

/** What a default, an optional or the like is wrapped around. */
function innerOf(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const { def } = schema._zod as { readonly def: { readonly innerType?: z.core.$ZodType } };
  return def.innerType;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Readonly<Record<string, unknown>> | undefined)?.[key], value);
}
