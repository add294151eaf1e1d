import { interquartileMean, mean, median } from './summary.js';

/** Scores over several tasks: [seeds][tasks], each task's scores between 0 and 1. */
export type TaskScores = readonly (readonly number[])[];

export interface TaskSummary {
  readonly mean: number;
  /** Median over tasks of the mean over seeds. */
  readonly median: number;
  /** Over all runs of all tasks together. */
  readonly interquartileMean: number;
  /** How far the scores stay below 1, those above it cut. */
  readonly optimalityGap: number;
}

/** rliable's aggregates (Agarwal et al. 2021, arXiv 2108.13264). */
export function summariseTasks(scores: TaskScores): TaskSummary {
  const perTask = byTask(scores).map(mean);
  return {
    mean: mean(perTask),
    median: median(perTask),
    interquartileMean: interquartileMean(scores.flat()),
    optimalityGap: 1 - mean(scores.flat().map((score) => Math.min(score, 1))),
  };
}

/** P(variant > baseline) for a random seed of each, a tie counting half: Mann-Whitney U / (n_x n_y), mean over tasks. */
export function probabilityOfImprovement(baseline: TaskScores, variant: TaskScores): number {
  const ofBaseline = byTask(baseline);
  return mean(byTask(variant).map((scores, task) => shareOfWins(ofBaseline[task]!, scores)));
}

function shareOfWins(baseline: readonly number[], variant: readonly number[]): number {
  const wins = variant.flatMap((v) => baseline.map((b) => (v > b ? 1 : v === b ? 0.5 : 0)));
  return mean(wins);
}

/** Share of all runs that score above each threshold (rliable `run_score_deviation`). */
export function performanceProfile(scores: TaskScores, thresholds: readonly number[]): number[] {
  return thresholds.map((threshold) => mean(scores.flat().map((score) => (score > threshold ? 1 : 0))));
}

function byTask(scores: TaskScores): number[][] {
  return (scores[0] ?? []).map((_, task) => scores.map((ofSeed) => ofSeed[task]!));
}
