import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Answer, Results, Task } from './task.js';

const child = fileURLToPath(new URL('./child.js', import.meta.url));
const ERROR_CHARACTERS = 2000;

export interface Place {
  /** The Node that runs it. */
  readonly node: string;
  /** Command that it runs under: ['taskset', '-c', '0,1']. */
  readonly under?: readonly string[];
}

/** A measurement that gave nothing, and why. */
export interface Failure {
  readonly failure: string;
}

/** Runs one measurement in a process of its own. */
export function runTask<T extends Task>(task: T, { node, under = [] }: Place): Promise<Results[T['kind']] | Failure> {
  const [command, ...args] = [...under, node, child, JSON.stringify(task)];
  const running = spawn(command!, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let answer: Answer | undefined;
  let errors = '';
  running.on('message', (message) => (answer = message as Answer));
  running.stderr!.on('data', (chunk: Buffer) => (errors = `${errors}${chunk.toString()}`.slice(-ERROR_CHARACTERS)));
  return new Promise((resolve) => {
    running.on('error', (error) => resolve({ failure: error.message }));
    running.on('close', (code, signal) => {
      if (answer?.ok) resolve(answer.result as Results[T['kind']]);
      else
        resolve({
          failure: answer
            ? answer.message
            : `the process ended with ${signal ?? `code ${code}`}\n${errors.trim()}`.trim(),
        });
    });
  });
}

export function failed(result: object): result is Failure {
  return 'failure' in result;
}
