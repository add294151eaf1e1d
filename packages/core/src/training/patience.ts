import type { State } from '../contracts/index.js';

/** Counts how often in a row something was so: what a guard waits with. A checkpoint keeps the count. */
export class Patience {
  private times = 0;

  constructor(
    /** How often in a row before it is used up. */
    private readonly limit: number,
  ) {}

  /** Counts once more. Gives whether patience is used up. */
  usedUp(holds: boolean): boolean {
    this.times = holds ? this.times + 1 : 0;
    return this.times >= this.limit;
  }

  state(): State {
    return { json: { times: this.times } };
  }

  restore({ json }: State): void {
    ({ times: this.times } = json as { readonly times: number });
  }
}
