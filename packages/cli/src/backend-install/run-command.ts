import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd?: string;
  /** Beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface CommandEnd {
  /** undefined: there is no such program. */
  readonly code: number | undefined;
  readonly stdout: string;
  /** The end of what it said, on stdout and stderr. */
  readonly said: string;
}

/** Runs a program to its end; handed in, so that a test answers in its place. */
export type RunCommand = (program: string, args: readonly string[], options?: CommandOptions) => Promise<CommandEnd>;

const LINES = 24;

export const runCommand: RunCommand = (program, args, { cwd, env } = {}) =>
  new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // npm is a .cmd file there, which only a shell starts.
      shell: process.platform === 'win32' && program === 'npm',
    });
    let stdout = '';
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      said += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', (error) => resolve({ code: undefined, stdout, said: error.message }));
    // Ended by a signal it has no code: a failure like another.
    child.on('close', (code) => resolve({ code: code ?? 1, stdout, said: lastLines(said) }));
  });

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-LINES).join('\n');
}
