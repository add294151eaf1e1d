import { createHash } from 'node:crypto';
import path from 'node:path';
import { definePlugin, malformedRow, repeatingSource, tokens } from '@dapo/core';
import { PromptRows, rowOptions } from './rows/prompt-rows.js';
import { type Line, readLines } from './rows/read-lines.js';

/** The object that a line holds. */
function parseRow({ text, number, ended }: Line, file: string): Record<string, unknown> {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch (error) {
    throw malformedRow(file, number, ended ? error : 'the file ends in the middle of it');
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
  create: async (options, { random, configFolder }) => {
    const hash = createHash('sha256');
    const rows = new PromptRows(options);
    for await (const line of readLines(path.resolve(configFolder, options.file), options.file, hash)) {
      if (line.text.trim() !== '') rows.add(parseRow(line, options.file), line.number);
    }
    return repeatingSource(rows.list(hash.digest('hex')), random);
  },
});
