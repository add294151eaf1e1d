import type { Evaluation, EvaluationSettings } from '@dapo/core';
import type { Colours } from '../terminal.js';
import { count, duration, interval, percent } from './format.js';
import { table } from './table.js';

interface Context {
  readonly checkpoint: string;
  readonly settings: EvaluationSettings;
  readonly seconds: number;
}

/** avg@k and pass@k of a checkpoint, each with its 95 % interval over problems. */
export function renderEvaluation(evaluation: Evaluation, context: Context, { bold, dim }: Colours): string {
  const { accuracy, passAt, majority, k, problems, step, metrics } = evaluation;
  const { temperature, topP } = context.settings;
  const estimates = [
    [`avg@${k}`, accuracy] as const,
    ...Object.entries(passAt).map(([j, estimate]) => [`pass@${j}`, estimate] as const),
    ...(majority ? [[`maj@${k}`, majority] as const] : []),
  ];
  const rows = estimates.map(([name, { value, low, high }]) => [bold(name), percent(value), interval(low, high)]);
  const facts = [
    ['checkpoint', `${context.checkpoint}, after ${count(step)} rollout steps`],
    ['problems', `${count(problems)}, ${k} answers each at temperature ${temperature}, top-p ${topP}`],
    [
      'answers',
      `${(metrics['evaluation/response-length'] ?? 0).toFixed(1)} tokens on average, ${percent(metrics['evaluation/truncated'] ?? 0)} cut off`,
    ],
    ['took', duration(context.seconds)],
  ].map(([label = '', value = '']) => [dim(label), value]);
  const head = ['', '', '95 % interval'].map(dim);
  return `${table(facts)}\n\n${table(rows, { head, align: ['left', 'right', 'left'] })}`;
}
