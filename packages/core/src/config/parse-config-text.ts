import {
  isMap as isYamlMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type YAMLError,
} from 'yaml';
import { syntaxError } from '../errors/config-file-errors.js';
import type { Location } from '../errors/dapo-error.js';
import { jsonErrorPosition } from './json-error-position.js';

/** A config file in YAML or JSON, with the place of each of its paths. */
export interface ParsedText {
  readonly value: unknown;
  /** Where a path stands, or the nearest path above it. */
  readonly locate: (path: readonly string[]) => Location;
}

/** @throws DapoError with line and column */
export function parseYaml(text: string, file: string): ParsedText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) throw yamlError(problem, lines, file);
  try {
    const value: unknown = document.toJS();
    return { value, locate: (path) => locateIn(document, path, lines, file) };
  } catch (error) {
    throw syntaxError({ file }, error);
  }
}

/** @throws DapoError with line and column */
export function parseJson(text: string, file: string): ParsedText {
  const lines = new LineCounter();
  // JSON is YAML, and YAML's parser knows where everything stands.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  try {
    const value: unknown = JSON.parse(text);
    const twice = document.errors.find(({ code }) => code === 'DUPLICATE_KEY');
    if (twice) throw yamlError(twice, lines, file);
    return { value, locate: (path) => locateIn(document, path, lines, file) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const position = jsonErrorPosition(text) ?? text.length;
    const found = position < text.length ? `«${text[position]}» is not expected here` : 'it ends too early';
    throw syntaxError(placeOf(text, position, file), error, found);
  }
}

function yamlError(problem: YAMLError, lines: LineCounter, file: string): Error {
  const { line, col } = lines.linePos(problem.pos[0]);
  return syntaxError({ file, line, column: col }, problem);
}

function locateIn(document: Document.Parsed, path: readonly string[], lines: LineCounter, file: string): Location {
  let at: Node | null = document.contents;
  let offset = at?.range?.[0] ?? 0;
  for (const key of path) {
    const found = childAt(at, key);
    if (!found) break;
    offset = found.start?.range?.[0] ?? offset;
    at = found.value;
  }
  const { line, col } = lines.linePos(offset);
  return { file, line, column: col };
}

/** An entry of a map or a list: where it begins, and what it holds. */
function childAt(
  at: Node | null,
  key: string,
): { readonly start: Node | null; readonly value: Node | null } | undefined {
  const nodeOf = (value: unknown): Node | null => (isNode(value) ? value : null);
  if (isSeq(at)) {
    const item = nodeOf(at.items[Number(key)]);
    return item ? { start: item, value: item } : undefined;
  }
  const pair = isYamlMap(at)
    ? at.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
    : undefined;
  return pair && { start: nodeOf(pair.key), value: nodeOf(pair.value) };
}

function placeOf(text: string, position: number, file: string): Location {
  const before = text.slice(0, position).split('\n');
  return { file, line: before.length, column: before.at(-1)!.length + 1 };
}
