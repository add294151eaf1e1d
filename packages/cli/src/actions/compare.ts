import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { openRun, pairedGain, shareOf, type EvaluatedProblem, type Estimate } from '@dapo/core';
import { describeChange } from '../ablation/config-diff.js';
import { SCORE_IS_READ } from '../ablation/final-score.js';
import { readRunResult, type RunResult } from '../ablation/run-result.js';
import { count, duration, percent, points } from '../render/format.js';
import { table } from '../render/table.js';
import { diffManifests } from '../reproduction/diff-manifests.js';
import { findRun } from '../run-folder.js';
import { coloursOf, print, printJson } from '../terminal.js';

interface ComparedRun {
  readonly folder: string;
  readonly result: RunResult;
  /** Problem → share of right answers, at the last evaluation; of those with an answer that could be scored. */
  readonly shares: ReadonlyMap<string, number>;
}

export async function compareRuns(first: string, second: string, { json }: { readonly json?: true }): Promise<void> {
  const folders = [first, second].map((folder) => findRun(folder).run);
  const runs = await Promise.all(folders.map(readRun));
  const [run, other] = [runs[0]!, runs[1]!];
  const manifests = await Promise.all(folders.map(async (folder) => (await openRun(folder)).manifest));
  const { config } = diffManifests(manifests[0]!, manifests[1]!);
  const difference = differenceOf(run, other);
  if (json) return printJson({ runs: runs.map(({ folder, result }) => ({ folder, ...result })), difference, config });
  const { dim } = coloursOf(process.stdout);
  print(
    table(rowsOf(run.result, other.result), { head: ['', first, second].map(dim), align: ['left', 'right', 'right'] }),
  );
  print(`\n${describeDifference(difference)}`);
  print(['\nWhat differs in the config:', ...config.map((change) => `  ${describeChange(change)}`)].join('\n'));
}

async function readRun(folder: string): Promise<ComparedRun> {
  const result = (await readRunResult(folder))!;
  const last = result.evaluations.at(-1)?.step;
  return { folder, result, shares: last === undefined ? new Map<string, number>() : await readShares(folder, last) };
}

async function readShares(folder: string, step: number): Promise<Map<string, number>> {
  const file = path.join(folder, 'evaluations', `step-${String(step).padStart(6, '0')}.jsonl`);
  const problems = (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as EvaluatedProblem);
  return new Map(
    problems.flatMap(({ id, answers }) => {
      const share = shareOf(answers);
      return share === null ? [] : [[id, share]];
    }),
  );
}

/** other − run over the problems that both have answered; undefined where there are fewer than two. */
function differenceOf(run: ComparedRun, other: ComparedRun): (Estimate & { readonly problems: number }) | undefined {
  const ids = [...run.shares.keys()].filter((id) => other.shares.has(id));
  if (ids.length < 2) return undefined;
  const of = ({ shares }: ComparedRun): number[] => ids.map((id) => shares.get(id)!);
  return { ...pairedGain(of(run), of(other)), problems: ids.length };
}

function rowsOf(run: RunResult, other: RunResult): string[][] {
  const row = (name: string, show: (result: RunResult) => string): string[] => [name, show(run), show(other)];
  return [
    row('state', ({ state }) => state),
    row(`score (${SCORE_IS_READ})`, ({ score }) => (score === undefined ? '–' : percent(score))),
    row('last evaluation', ({ evaluations }) => (evaluations.length === 0 ? '–' : percent(evaluations.at(-1)!.value))),
    row('speed (mean accuracy over tokens)', ({ speed }) => (speed === undefined ? '–' : percent(speed))),
    row('rollout steps', ({ steps }) => count(steps)),
    row('generated tokens', ({ tokens }) => count(tokens)),
    row('time', ({ seconds }) => duration(seconds)),
    row('memory', ({ memory }) => (memory === undefined ? '–' : `${count(memory)} MiB`)),
  ];
}

function describeDifference(difference: ReturnType<typeof differenceOf>): string {
  if (!difference) return 'No difference can be given: the runs have not answered the same held-out problems.';
  const { value, low, high, problems } = difference;
  return [
    `Last evaluation, second − first: ${points(value)} points (95 %: ${points(low)} to ${points(high)}, paired over ${count(problems)} problems).`,
    'That interval is about the problems. Another seed may move either run by more: dapo ablate tells.',
  ].join('\n');
}
