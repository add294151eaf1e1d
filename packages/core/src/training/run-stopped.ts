/** Thrown inside the loop where a guard ends the run or asks to go back; the run turns it into its ending. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped';

  constructor(
    readonly action: 'stop' | 'roll-back',
    readonly reason: string,
    /** Whether it came between steps, so that what there is makes a checkpoint. */
    readonly wholeStep: boolean,
  ) {
    super(reason);
  }
}
