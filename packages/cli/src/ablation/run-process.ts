import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../bin/dapo.mjs', import.meta.url));
const ERROR_LINES = 40;

/** A line that `dapo train --json` prints. */
export interface ProgressRecord {
  readonly kind: string;
  readonly step?: number;
  readonly metrics?: Readonly<Record<string, number | null>>;
}

export interface ProcessOptions {
  readonly onRecord: (record: ProgressRecord) => void;
  readonly onStart?: (pid: number) => void;
  /** When aborted, the run finishes its step, saves, and ends. */
  readonly signal: AbortSignal;
}

export interface ProcessEnd {
  readonly code: number | null;
  /** The end of what it said on stderr. */
  readonly output: string;
}

/** Runs the command line in a process of its own. */
export function runDapo(args: readonly string[], { onRecord, onStart, signal }: ProcessOptions): Promise<ProcessEnd> {
  // A group of its own: Ctrl-C reaches it once, through the signal, and not a second time, from the terminal.
  const child = spawn(process.execPath, [bin, ...args], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const errors: string[] = [];
  createInterface(child.stdout).on('line', (line) => {
    const record = parse(line);
    if (record) onRecord(record);
  });
  createInterface(child.stderr).on('line', (line) => errors.push(line) > ERROR_LINES && errors.shift());
  const stop = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', stop, { once: true });
  // Aborted already, the signal tells nobody any more.
  if (signal.aborted) stop();
  if (child.pid !== undefined) onStart?.(child.pid);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      signal.removeEventListener('abort', stop);
      resolve({ code, output: errors.join('\n').trim() });
    });
  });
}

function parse(line: string): ProgressRecord | undefined {
  try {
    return JSON.parse(line) as ProgressRecord;
  } catch {
    return undefined;
  }
}
