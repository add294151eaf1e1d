type Version = readonly [major: number, minor: number, patch: number];
/** From the first version on, up to but without the second. */
type Span = readonly [from: Version, to: Version];

const FIRST: Version = [0, 0, 0];
const NONE: Version = [Infinity, 0, 0];

/**
 * Whether a version lies in a range as npm writes them: `^1.2.0`, `~0.1`, `>=0.1 <2`, `1.x || 2.x`, `1.0 - 1.4`. What
 * follows the three numbers (`-beta.1`) is not looked at.
 *
 * @returns undefined where the text is no range: `latest`, the address of a file
 */
export function inRange(version: string, range: string): boolean | undefined {
  const wanted = numbersOf(version);
  const alternatives = range.split('||').map(spansOf);
  if (!wanted || !alternatives.every((spans) => spans !== undefined)) return undefined;
  return alternatives.some((spans) => spans.every(([from, to]) => !isLess(wanted, from) && isLess(wanted, to)));
}

function spansOf(text: string): readonly Span[] | undefined {
  const hyphen = /^\s*(\S+)\s+-\s+(\S+)\s*$/.exec(text);
  const comparators = hyphen ? [`>=${hyphen[1]!}`, `<=${hyphen[2]!}`] : text.trim().replace(/([<>=~^])\s+/g, '$1').split(/\s+/);
  const spans = comparators.map(spanOf);
  return spans.every((span) => span !== undefined) ? spans : undefined;
}

function spanOf(comparator: string): Span | undefined {
  const parts = /^(\^|~|>=|<=|>|<|=|)v?(\d+|[xX*]|)(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:[-+].*)?$/.exec(comparator);
  if (!parts) return undefined;
  const given = parts.slice(2).map((part) => (part === undefined || /^[xX*]?$/.test(part) ? undefined : Number(part)));
  const open = given.indexOf(undefined);
  const fixed = open < 0 ? 3 : open;
  const from = [given[0] ?? 0, fixed > 1 ? given[1]! : 0, fixed > 2 ? given[2]! : 0] as const;
  const whole = after(from, fixed - 1);
  switch (parts[1]) {
    case '^':
      return [from, after(from, Math.min(from.findIndex((part, i) => part > 0 || i === fixed - 1), fixed - 1))];
    case '~':
      return [from, after(from, Math.min(1, fixed - 1))];
    case '>=':
      return [from, NONE];
    case '>':
      return [whole, NONE];
    case '<':
      return [FIRST, from];
    case '<=':
      return [FIRST, whole];
    default:
      return [from, whole];
  }
}

/** The first version in which the part at an index is one more; -1: none. */
function after(version: Version, index: number): Version {
  if (index < 0) return NONE;
  return version.map((part, i) => (i < index ? part : i === index ? part + 1 : 0)) as unknown as Version;
}

function isLess(a: Version, b: Version): boolean {
  const differs = a.findIndex((part, i) => part !== b[i]);
  return differs >= 0 && a[differs]! < b[differs]!;
}

function numbersOf(version: string): Version | undefined {
  const parts = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version);
  return parts ? [Number(parts[1]), Number(parts[2]), Number(parts[3])] : undefined;
}
