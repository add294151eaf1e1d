import type { Group, Response } from '../../contracts/index.js';
import { fixtureGroup, fixturePrompt, fixtureResponse } from '../fixtures.js';
import { needNotDeclared } from './undeclared.js';

/** What a response of the fixture groups is told by. */
interface Sketch {
  readonly length: number;
  readonly score: number;
  readonly correct: boolean;
  readonly finish?: Response['finish'];
}

const right = (length: number, score = 1): Sketch => ({ length, score, correct: true });
const wrong = (length: number, score = -1): Sketch => ({
  length,
  score,
  correct: false,
  finish: length >= 6 ? 'length' : 'stop',
});

const GROUPS: readonly (readonly Sketch[])[] = [
  [right(3), wrong(5), right(2, 0.5), wrong(6, -0.5)],
  [right(4, 0.95), right(4, 0.95), right(4, 0.95), right(4, 0.95), right(4, 0.95), right(4, 0.95), right(4, 0.95)],
  [wrong(1), wrong(6), wrong(2)],
  [right(5)],
  [wrong(0), right(1)],
];

const LETTERS = 'abc';

/**
 * Groups of every sort: mixed outcomes, seven equal rewards, all wrong, one response, an empty response.
 * Whether a response is right can be read by a plugin that needs it, and by no other.
 */
export function groupBatch(needs: ReadonlySet<string>): Group[] {
  return GROUPS.map((sketches, g) => {
    const reference = LETTERS[g % 3]!.repeat(1 + g);
    const prompt = fixturePrompt({
      id: `prompt-${g}`,
      input: LETTERS[g % 3]!,
      reference,
      columns: { level: g },
    });
    const responses = sketches.map((sketch, i) => guarded(responseOf(sketch, g, i, reference), needs));
    return fixtureGroup(responses, { prompt, promptTokens: Int32Array.of(g % 3) });
  });
}

function responseOf(
  { length, score, correct, finish = 'stop' }: Sketch,
  g: number,
  i: number,
  reference: string,
): Response {
  const tokens = Int32Array.from({ length }, (_, t) => (t === length - 1 && finish === 'stop' ? 3 : (g + i + t) % 3));
  const written = Array.from(tokens, (token) => LETTERS[token] ?? '').join('');
  return fixtureResponse({
    tokens,
    // An environment wrote the second token of the longer ones.
    sampled: Uint8Array.from({ length }, (_, t) => (length > 4 && t === 1 ? 0 : 1)),
    behaviourLogProbs: Float32Array.from({ length }, (_, t) => -0.4 - 0.3 * ((g + i + t) % 4)),
    finish,
    text: correct ? reference : written,
    score,
    correct,
    reward: score,
  });
}

/** `correct` throws where the plugin doesn't ask for it: without a reward that says so a run has none. */
function guarded(response: Response, needs: ReadonlySet<string>): Response {
  if (needs.has('correct')) return response;
  return Object.defineProperty(response, 'correct', {
    enumerable: false,
    configurable: true,
    get: () => {
      throw needNotDeclared('whether a response is right', 'correct');
    },
  });
}

/** All that a plugin might change of a group it is shown, as plain data. */
export function contentOf(groups: readonly Group[]): unknown {
  return structuredClone(
    groups.map(({ responses, verdict, reason, round, prompt }) => ({
      verdict,
      reason,
      round,
      prompt,
      responses: responses.map((response) => ({ ...response })),
    })),
  );
}
