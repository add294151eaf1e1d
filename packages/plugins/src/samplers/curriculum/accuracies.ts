import type { Group } from '@dapo/core';

/** Running accuracy of every prompt that was tried, on the responses that filters left. */
export class Accuracies {
  readonly known = new Map<string, number>();

  constructor(
    /** Share of its old accuracy that a prompt keeps. */
    private readonly memory: number,
  ) {}

  learn({ prompt, responses }: Group): void {
    if (responses.length === 0) return;
    const share = responses.filter(({ correct }) => correct === true).length / responses.length;
    const before = this.known.get(prompt.id) ?? share;
    this.known.set(prompt.id, this.memory * before + (1 - this.memory) * share);
  }
}
