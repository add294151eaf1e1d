import { createLogUpdate } from 'log-update';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const MILLISECONDS = 120;

/** A line at the bottom of a terminal that says what is going on; whole lines are printed above it. */
export class StatusLine {
  // The cursor stays visible: nothing is left to mend where the process is killed.
  private readonly region = createLogUpdate(process.stdout, { showCursor: true });
  private readonly timer: NodeJS.Timeout;
  private frame = 0;

  constructor(private readonly describe: () => string) {
    this.timer = setInterval(() => this.draw(), MILLISECONDS);
    this.timer.unref();
    this.draw();
  }

  above(print: () => void): void {
    this.region.clear();
    print();
    this.draw();
  }

  close(): void {
    clearInterval(this.timer);
    this.region.clear();
  }

  draw(): void {
    this.frame = (this.frame + 1) % FRAMES.length;
    this.region(`${FRAMES[this.frame]!} ${this.describe()}`.slice(0, (process.stdout.columns || 80) - 1));
  }
}
