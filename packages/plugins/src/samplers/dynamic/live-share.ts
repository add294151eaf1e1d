/** How much less a round counts than the one after it in the running estimate. */
const DECAY = 0.8;

/** Share of prompts whose group is kept: a running estimate over rounds and steps, 1 before the first round. */
export class LiveShare {
  private kept = 0;
  private tried = 0;

  add(kept: number, tried: number): void {
    this.kept = DECAY * this.kept + kept;
    this.tried = DECAY * this.tried + tried;
  }

  get value(): number {
    return this.tried === 0 ? 1 : this.kept / this.tried;
  }

  get json(): { kept: number; tried: number } {
    return { kept: this.kept, tried: this.tried };
  }

  set json({ kept, tried }: { kept: number; tried: number }) {
    [this.kept, this.tried] = [kept, tried];
  }
}

/**
 * How many prompts a round tries: as many as fill the batch at this share, at most `most`.
 *
 * @example promptsToTry(8, 0.25, 64) → 32
 */
export function promptsToTry(missing: number, liveShare: number, most: number): number {
  return Math.min(most, Math.ceil(missing / liveShare));
}
