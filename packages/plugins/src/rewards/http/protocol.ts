import type { JudgedAnswer, RewardItem } from '@dapo/core';

/** A sample as it is posted. */
export interface PostedSample {
  /** Comes back with the score. */
  readonly id: string;
  readonly prompt: RewardItem['prompt']['input'];
  readonly response: string;
  /** What a right answer is compared with; null where there is none. */
  readonly answer: string | null;
  readonly finish: string;
  readonly columns: Readonly<Record<string, unknown>>;
}

export function postedSample(
  { prompt, response }: RewardItem,
  place: number,
  columns: readonly string[],
): PostedSample {
  const wanted = Object.entries(prompt.columns).filter(([name]) => columns.includes(name));
  return {
    id: `${prompt.id}#${place}`,
    prompt: prompt.input,
    response: response.text,
    answer: prompt.reference ?? null,
    finish: response.finish,
    columns: Object.fromEntries(wanted),
  };
}

/** What is wrong with an answer, and at which sample of the request. */
export interface Lie {
  readonly at: number;
  readonly problem: string;
  readonly expected: string;
  readonly received?: string;
}

export interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly correctFrom: number;
}

/**
 * The scores of an answer `{ scores: [{ id, score, correct?, answer? }] }`, in the order of `ids`; null: it can't be
 * scored. The first thing that is wrong with it instead.
 *
 * @example readScores({ scores: [{ id: 'a', score: 1 }] }, ['a'], bounds) → [{ reward: 1, correct: true, answer: null }]
 */
export function readScores(answer: unknown, ids: readonly string[], bounds: Bounds): (JudgedAnswer | null)[] | Lie {
  const scores = (answer as { readonly scores?: unknown } | null)?.scores;
  const expected = `{ "scores": [ … ] } with ${ids.length}, each { "id", "score" }, in the order sent`;
  if (!Array.isArray(scores))
    return { at: 0, problem: 'it has no list of scores', expected, received: JSON.stringify(answer) };
  if (scores.length !== ids.length)
    return { at: 0, problem: 'the number of scores is wrong', expected, received: `${scores.length} scores` };
  const read: (JudgedAnswer | null)[] = [];
  for (const [at, id] of ids.entries()) {
    const one = readScore(scores[at], id, bounds);
    if (one !== null && 'problem' in one) return { at, ...one };
    read.push(one);
  }
  return read;
}

function readScore(
  entry: unknown,
  id: string,
  { least, most, correctFrom }: Bounds,
): JudgedAnswer | null | Omit<Lie, 'at'> {
  const received = JSON.stringify(entry);
  const given = (typeof entry === 'object' && entry !== null ? entry : {}) as Readonly<Record<string, unknown>>;
  if (given['id'] !== id)
    return {
      problem: 'a score belongs to another sample',
      expected: `the id ${JSON.stringify(id)}`,
      received,
    };
  const { score, correct, answer = null } = given;
  if (score === null) return null;
  const expected = `a score from ${least} to ${most}, or null where it can't be scored`;
  if (typeof score !== 'number') return { problem: 'a score is no number', expected, received };
  if (!(score >= least && score <= most)) return { problem: 'a score is out of range', expected, received };
  if (correct !== undefined && typeof correct !== 'boolean')
    return { problem: '«correct» is neither true nor false', expected: 'true or false', received };
  if (answer !== null && typeof answer !== 'string')
    return { problem: '«answer» is no text', expected: 'a text, or null', received };
  return { reward: score, correct: correct ?? score >= correctFrom, answer };
}
