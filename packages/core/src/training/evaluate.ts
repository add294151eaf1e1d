import type { Group, Metrics, Prompt, Response } from '../contracts/index.js';
import { responseLength } from '../contracts/index.js';
import type { EvaluationSettings, RolloutSettings } from '../config/resolved-config.js';
import { afterSteps } from '../errors/when.js';
import { estimateMean, majorityVote, passAtK, type Estimate, type Share } from './evaluation-statistics.js';
import { mean } from './metrics.js';
import type { Parts } from './parts.js';
import { generateAndScore } from './roll-out.js';

export interface Evaluation {
  readonly step: number;
  /** Answers per problem. */
  readonly k: number;
  /** Those of which an answer could be scored. */
  readonly problems: number;
  /** avg@k: share of right answers, mean over problems. */
  readonly accuracy: Estimate;
  /** Unbiased pass@k for k = 1, 2, 4, … up to the number of answers; over problems with so many that could be scored. */
  readonly passAt: Readonly<Record<number, Estimate>>;
  /** maj@k: share of problems whose most frequent answer is right; undefined where no reward says what the answers are. */
  readonly majority?: Estimate;
  /** Share of right answers of each problem, in the order of the held-out set; null where none could be scored. */
  readonly shares: readonly Share[];
  readonly metrics: Metrics;
  readonly completions: readonly EvaluatedProblem[];
}

export interface EvaluatedProblem {
  readonly id: string;
  readonly input: Prompt['input'];
  readonly reference?: string;
  readonly answers: readonly EvaluatedAnswer[];
}

export interface EvaluatedAnswer {
  readonly text: string;
  /** What a reward has read out of the text; null where that is nothing. */
  readonly answer?: string | null;
  readonly correct: boolean;
  readonly score: number | null;
  readonly finish: string;
}

/** Problems generated at once: bounds memory, changes nothing else. */
const CHUNK = 256;

/**
 * avg@k and pass@k on the first problems of the held-out set. Random numbers don't depend on the step, so that two
 * evaluations differ by the weights alone.
 */
export async function evaluate(
  parts: Pick<Parts, 'generator' | 'rewards' | 'heldOutPrompts'>,
  step: number,
  settings: EvaluationSettings,
  rollout: RolloutSettings,
): Promise<Evaluation> {
  const source = parts.heldOutPrompts!;
  const prompts = await source.take(settings.problems === 0 ? source.size : Math.min(settings.problems, source.size));
  const groups: Group[] = [];
  for (let start = 0; start < prompts.length; start += CHUNK) {
    const chunk = await generateAndScore(parts, {
      prompts: prompts.slice(start, start + CHUNK),
      groupSize: settings.k,
      sampling: {
        maxResponseLength: rollout.maxResponseLength,
        topK: 0,
        topP: settings.topP,
        temperature: settings.temperature,
      },
      purpose: 'evaluation',
      step: 0,
      round: 0,
      when: `in the evaluation ${afterSteps(step)}`,
    });
    groups.push(...chunk);
  }
  return summarise(groups, step, settings.k);
}

function summarise(groups: readonly Group[], step: number, k: number): Evaluation {
  const responses = groups.flatMap((group) => group.responses);
  // What no reward could score is neither right nor wrong.
  const scored = groups.map((group) => group.responses.filter(({ score }) => score !== null));
  const tallies = scored.map((answers) => ({
    n: answers.length,
    right: answers.filter(({ correct }) => correct === true).length,
  }));
  const shares = tallies.map(({ n, right }) => (n === 0 ? null : right / n));
  const accuracy = estimateMean(shares.filter((share) => share !== null));
  const passAt = Object.fromEntries(
    powersOfTwo(k).flatMap((j) => {
      const enough = tallies.filter(({ n }) => n >= j);
      return enough.length === 0 ? [] : [[j, estimateMean(enough.map(({ n, right }) => passAtK(n, right, j)))]];
    }),
  ) as Record<number, Estimate>;
  const readOut = scored.some(({ length }) => length > 0) && scored.flat().every(({ answer }) => answer !== undefined);
  const majority = readOut ? estimateMean(scored.filter(({ length }) => length > 0).map(majorityIsRight)) : undefined;
  const problems = tallies.filter(({ n }) => n > 0).length;
  const metrics: Metrics = {
    'evaluation/accuracy': accuracy.value,
    'evaluation/accuracy-low': accuracy.low,
    'evaluation/accuracy-high': accuracy.high,
    'evaluation/score': estimateMean(scored.flat().map(({ score }) => score!)).value,
    'evaluation/problems': problems,
    'evaluation/unscored': responses.length - scored.flat().length,
    'evaluation/response-length': mean(responses.map(responseLength)),
    'evaluation/truncated': mean(responses.map(({ finish }) => (finish === 'length' ? 1 : 0))),
    ...Object.fromEntries(Object.entries(passAt).map(([j, estimate]) => [`evaluation/pass@${j}`, estimate.value])),
    ...(majority && { [`evaluation/maj@${k}`]: majority.value }),
  };
  return { step, k, problems, accuracy, passAt, majority, shares, metrics, completions: groups.map(describeGroup) };
}

/** 1 where the answer that most responses give is right. */
function majorityIsRight(responses: readonly Response[]): number {
  const chosen = majorityVote(responses.map(({ answer }) => answer ?? null));
  return responses.some(({ answer, correct }) => answer === chosen && correct === true) ? 1 : 0;
}

function describeGroup({ prompt, responses }: Group): EvaluatedProblem {
  const answers = responses.map(({ text, answer, correct, score, finish }) => ({
    text,
    answer,
    correct: correct === true,
    score,
    finish,
  }));
  return { id: prompt.id, input: prompt.input, reference: prompt.reference, answers };
}

function powersOfTwo(k: number): number[] {
  const powers: number[] = [];
  for (let j = 1; j <= k; j *= 2) powers.push(j);
  return powers;
}
