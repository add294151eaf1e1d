import pc from 'picocolors';

export type Colours = ReturnType<typeof pc.createColors>;
type Stream = NodeJS.WriteStream;

/** NO_COLOR and FORCE_COLOR decide; without them a terminal gets colours and a pipe none. */
export function coloursOf(stream: Pick<Stream, 'isTTY'>, env: NodeJS.ProcessEnv = process.env): Colours {
  return pc.createColors(wantsColour(stream, env));
}

function wantsColour(stream: Pick<Stream, 'isTTY'>, env: NodeJS.ProcessEnv): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== 'false';
  return stream.isTTY && env['TERM'] !== 'dumb';
}

/** Columns that a line may have; a pipe takes lines of any length. */
export function widthOf(stream: Pick<Stream, 'isTTY' | 'columns'>): number {
  return stream.isTTY ? stream.columns : Number.POSITIVE_INFINITY;
}

/** A live region needs a terminal that a person looks at. */
export function isLive(stream: Pick<Stream, 'isTTY'>, env: NodeJS.ProcessEnv = process.env): boolean {
  return stream.isTTY && env['TERM'] !== 'dumb' && !env['CI'];
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** What isn't the answer itself: warnings, and progress where the answer is JSON. */
export function printAside(text: string): void {
  process.stderr.write(`${text}\n`);
}

let whenPipeCloses = (): void => process.exit(0);

/** `dapo plugins | head` closes the pipe early: that is no error. */
export function endOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      whenPipeCloses();
    });
  }
}

/** A run that loses its reader still has something to save. */
export function onClosedPipe(action: () => void): void {
  whenPipeCloses = action;
}
