import { createHash } from 'node:crypto';
import path from 'node:path';
import { type DapoError, definePlugin, jsonErrorPosition, malformedRow, repeatingSource, tokens } from '@dapo/core';
import { PromptRows, rowOptions } from './rows/prompt-rows.js';
import { type Line, readLines } from './rows/read-lines.js';

/** JSON.parse words its refusals another way in every version of Node, and names no place for most. */
function notJson(text: string, number: number, ended: boolean, file: string): DapoError {
  if (!ended) return malformedRow(file, number, 'the file ends in the middle of it');
  if (text.trim() === '[') return malformedRow(file, number, 'a list begins here, where one object a line is due');
  const at = jsonErrorPosition(text) ?? 0;
  const what = at < text.length ? `«${text[at]}» is not expected here` : 'it ends too early';
  return malformedRow(file, number, `it is no JSON: ${what}`, at + 1);
}

/** The object that a line holds. */
function parseRow({ text, number, ended }: Line, file: string): Record<string, unknown> {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    throw notJson(text, number, ended, file);
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    throw malformedRow(file, number, 'it is no object');
  }
  return row as Record<string, unknown>;
}

export default definePlugin({
  kind: 'prompts',
  name: 'jsonl',
  summary: 'Prompts from a file with one JSON object a line.',
  source: { title: 'JSON Lines', url: 'https://jsonlines.org' },
  departures: 'empty lines are passed over',
  options: rowOptions,
  inject: { random: tokens.random, configFolder: tokens.configFolder },
  files: ({ file }, folder) => [path.resolve(folder, file)],
  create: async (options, { random, configFolder }) => {
    const hash = createHash('sha256');
    const rows = new PromptRows(options);
    for await (const line of readLines(path.resolve(configFolder, options.file), options.file, hash)) {
      if (line.text.trim() !== '') rows.add(parseRow(line, options.file), line.number);
    }
    return repeatingSource(rows.list(hash.digest('hex')), random);
  },
});
