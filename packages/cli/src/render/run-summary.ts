import type { ResolvedConfig, RunSummary } from '@dapo/core';
import { commandLine } from '../invocation.js';
import type { Point, RunHistory } from '../run-history.js';
import type { Colours } from '../terminal.js';
import { trainWith, trainWithSeed, type TypedTrain } from '../train-command.js';
import { count, duration, interval, percent, points } from './format.js';
import { resumeWith, type TypedResume } from './resume-command.js';
import { table } from './table.js';

export interface SummaryInputs {
  readonly summary: RunSummary;
  readonly config: ResolvedConfig;
  readonly history: RunHistory | undefined;
  readonly curves: string | undefined;
  readonly typed: Typed;
}

/** What was typed after `dapo train`, which is not known of a run that was resumed, or after `dapo resume`. */
export interface Typed {
  readonly train?: TypedTrain;
  readonly resume?: TypedResume;
}

/** How a run went, where its files are, and what is worth typing next. */
export function renderSummary(inputs: SummaryInputs, { bold, cyan, dim }: Colours): string {
  const rows = [...accuracyRows(inputs), ...usageRows(inputs)].map(([label = '', ...cells]) => [dim(label), ...cells]);
  const next = nextCommands(inputs).map(([command, why]) => [cyan(command), dim(why)]);
  return [
    '',
    bold(headline(inputs.summary)),
    '',
    table(rows, { indent: 2 }),
    '',
    bold('Next'),
    table(next, { indent: 2 }),
  ].join('\n');
}

function headline({ reason, message, steps, counters }: RunSummary): string {
  const done = `${count(steps)} rollout step${steps === 1 ? '' : 's'} in ${duration(counters['seconds'] ?? 0)}`;
  if (reason === 'stopped') return `Stopped and saved after ${done}`;
  if (reason === 'guard') return `A guard ended the run after ${done}: ${message ?? 'no reason given'}`;
  return `Finished ${done}`;
}

function accuracyRows({ summary, history }: SummaryInputs): string[][] {
  const evaluations = evaluationsOf(history, summary);
  const first = evaluations.at(0);
  const last = evaluations.at(-1);
  const rows = [];
  if (first) rows.push(accuracyRow('held-out accuracy, first', first));
  if (last && last !== first) rows.push(accuracyRow('held-out accuracy, last', last));
  const { gain } = summary;
  if (gain) {
    const ends = `95 %: ${points(gain.low)} to ${points(gain.high)}, paired over problems`;
    rows.push(['gain', `${points(gain.value)} points (${ends})`]);
  }
  return rows;
}

interface EvaluatedStep extends Point {
  readonly low: number;
  readonly high: number;
}

function accuracyRow(label: string, { step, value, low, high }: EvaluatedStep): string[] {
  return [label, `${percent(value)} (95 %: ${interval(low, high)}), step ${step}`];
}

/** From the history, which reaches back beyond a resume; from the summary where no history was written. */
function evaluationsOf(history: RunHistory | undefined, { first, last, steps }: RunSummary): EvaluatedStep[] {
  const name = 'evaluation/accuracy';
  if (history) {
    const lows = new Map(history.series(`${name}-low`).map(({ step, value }) => [step, value]));
    const highs = new Map(history.series(`${name}-high`).map(({ step, value }) => [step, value]));
    return history.series(name).map(({ step, value }) => ({
      step,
      value,
      low: lows.get(step) ?? value,
      high: highs.get(step) ?? value,
    }));
  }
  const known = [
    { metrics: first, step: 0 },
    { metrics: last, step: steps },
  ];
  return known.flatMap(({ metrics, step }) =>
    metrics ? [{ step, value: metrics[name]!, low: metrics[`${name}-low`]!, high: metrics[`${name}-high`]! }] : [],
  );
}

function usageRows({ summary, curves }: SummaryInputs): string[][] {
  const { counters, folder } = summary;
  const rows = [
    ['generated', `${count(counters['generatedTokens'] ?? 0)} tokens, ${count(counters['promptsSeen'] ?? 0)} prompts`],
  ];
  if (counters['money']) rows.push(['cost', counters['money'].toFixed(2)]);
  if (folder) rows.push(['run folder', folder]);
  if (curves) rows.push(['curves', curves]);
  return rows;
}

function nextCommands({ summary, config, typed }: SummaryInputs): string[][] {
  const { folder, reason } = summary;
  const commands: string[][] = [];
  if (folder && reason !== 'budget') commands.push([resumeWith(folder, typed.resume), 'goes on from here']);
  if (folder) commands.push([commandLine('eval', folder, '--k', '16'), 'measures it with more answers per problem']);
  if (reason === 'budget' && typed.train) commands.push(ablation(config, typed.train));
  else if (folder) commands.push([commandLine('report', folder), 'makes a page of it']);
  return commands;
}

/** The same run with one technique swapped: what is it worth? */
function ablation({ loss, seed }: ResolvedConfig, typed: TypedTrain): string[] {
  const clip = loss.parts['clip']?.use;
  if (clip === 'clip-higher')
    return [trainWith(typed, 'loss.clip=clip'), 'the same without Clip-Higher: what is it worth?'];
  if (clip === 'clip')
    return [trainWith(typed, 'loss.clip=clip-higher'), 'the same with Clip-Higher: what is it worth?'];
  return [trainWithSeed(typed, seed + 1), 'the same with another seed'];
}
