import { coloursOf } from './terminal.js';

/** The examples under a command's help: each can be typed as it is, in the folder of a config. */
export function examples(...lines: readonly string[]): string {
  const { bold } = coloursOf(process.stdout);
  return ['', bold('Examples:'), ...lines.map((line) => `  ${line}`)].join('\n');
}
