import type { Group, PolicyBatch, Response } from '../contracts/index.js';
import { responseLength } from '../contracts/index.js';
import { signalMissing } from '../errors/training-errors.js';
import { Matrix } from './matrix.js';

/** The kept groups of a rollout, flat: R responses in group order, matrices [R, T]. */
export class RolloutBatch {
  readonly responses: readonly Response[];
  /** The group of each response [R]. */
  readonly groupOf: Int32Array;
  /** T: tokens of the longest response, at least 1. */
  readonly width: number;
  /** 1 where the policy chose the token and the response carries loss. */
  readonly lossMask: Matrix;
  /** 1 where the policy chose the token. */
  readonly sampledMask: Matrix;
  readonly behaviourLogProbs: Matrix;
  /** log π before this rollout's updates. */
  oldLogProbs: Matrix;
  advantages: Matrix;
  /** Correction weights; undefined: 1 everywhere. */
  correction?: Matrix;
  readonly signals = new Map<string, Matrix>();

  constructor(readonly groups: readonly Group[]) {
    this.responses = groups.flatMap((group) => group.responses);
    this.groupOf = Int32Array.from(groups.flatMap((group, g) => group.responses.map(() => g)));
    this.width = this.responses.reduce((longest, { tokens }) => Math.max(longest, tokens.length), 1);
    const matrix = (): Matrix => new Matrix(this.responses.length, this.width);
    this.lossMask = matrix();
    this.sampledMask = matrix();
    this.behaviourLogProbs = matrix();
    this.advantages = matrix();
    this.responses.forEach((response, r) => {
      this.sampledMask.setRow(r, response.sampled);
      if (response.verdict === 'keep') this.lossMask.setRow(r, response.sampled);
      this.behaviourLogProbs.setRow(r, response.behaviourLogProbs);
    });
    this.oldLogProbs = this.behaviourLogProbs;
  }

  /** What a policy computes on, for the given responses; only the prompts they need. */
  policyBatch(rows: readonly number[]): PolicyBatch {
    const local = new Map<number, number>();
    const promptOf = rows.map((row) => {
      const group = this.groupOf[row]!;
      if (!local.has(group)) local.set(group, local.size);
      return local.get(group)!;
    });
    return {
      prompts: [...local.keys()].map((group) => this.groups[group]!.promptTokens),
      responses: rows.map((row) => this.responses[row]!),
      promptOf: Int32Array.from(promptOf),
    };
  }

  /** A signal by name. Throws where nothing has computed it. */
  signal(name: string): Matrix {
    const signal = this.signals.get(name);
    if (!signal) throw signalMissing(name, [...this.signals.keys()]);
    return signal;
  }

  get allRows(): number[] {
    return this.responses.map((_, row) => row);
  }

  lengths(): number[] {
    return this.responses.map(responseLength);
  }

  /** Row of a response, for rewards that read signals. */
  rowOf(response: Response): number {
    return this.responses.indexOf(response);
  }
}
