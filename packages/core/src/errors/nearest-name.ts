import { closestMatch } from 'leven';

/**
 * The name that was probably meant: within three edits, fewer for short names, where everything is near everything.
 *
 * @example nearestName('clip-highr', ['clip', 'clip-higher']) → 'clip-higher'; nearestName('zzz', ['clip']) → undefined
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const maxDistance = Math.min(3, Math.max(1, Math.floor(name.length / 2)));
  const lowerCase = known.map((candidate) => candidate.toLowerCase());
  const match = closestMatch(name.toLowerCase(), lowerCase, { maxDistance });
  return match === undefined ? undefined : known[lowerCase.indexOf(match)];
}
