import { createHash } from 'node:crypto';
import path from 'node:path';
import { definePlugin, malformedRow, repeatingSource, tokens, z } from '@dapo/core';
import { PromptRows, rowOptions } from './rows/prompt-rows.js';
import { type Line, readLines } from './rows/read-lines.js';

const options = rowOptions.extend({
  separator: z.string().length(1).default(',').describe('what stands between fields'),
});

/**
 * The fields of one record; a quoted field may hold separators, line breaks and doubled quotes.
 *
 * @example splitRecord('1,"a ""b"", c",', ',') → ['1', 'a "b", c', '']
 */
export function splitRecord(record: string, separator: string): string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < record.length; i++) {
    const character = record[i]!;
    if (quoted && character === '"' && record[i + 1] === '"') {
      field += '"';
      i += 1;
    } else if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      fields.push(field);
      field = '';
    } else field += character;
  }
  return [...fields, field];
}

/** Puts lines together where a quoted field goes over several; a record has the number of its first line. */
async function* readRecords(lines: AsyncIterable<Line>, name: string): AsyncGenerator<Pick<Line, 'text' | 'number'>> {
  let open: Pick<Line, 'text' | 'number'> | undefined;
  for await (const line of lines) {
    const text = line.text.replace(/\r$/, '');
    const record = open ? { text: `${open.text}\n${text}`, number: open.number } : { text, number: line.number };
    const balanced = record.text.split('"').length % 2 === 1;
    open = balanced ? undefined : record;
    if (balanced && record.text !== '') yield record;
  }
  if (open) throw malformedRow(name, open.number, 'a quote is opened and never closed');
}

/** Fields under the names of the header. */
function rowOf(
  header: readonly string[],
  fields: readonly string[],
  name: string,
  line: number,
): Record<string, string> {
  if (fields.length !== header.length) {
    throw malformedRow(name, line, `it has ${fields.length} fields, the header has ${header.length}`);
  }
  return Object.fromEntries(header.map((column, i) => [column, fields[i]!]));
}

export default definePlugin({
  kind: 'prompts',
  name: 'csv',
  summary: 'Prompts from a table with a header, one record a row.',
  source: { title: 'RFC 4180', url: 'https://www.rfc-editor.org/rfc/rfc4180' },
  departures: 'the separator is an option, a line break may be a bare line feed, and empty lines are passed over',
  options,
  inject: { random: tokens.random, configFolder: tokens.configFolder },
  files: ({ file }, folder) => [path.resolve(folder, file)],
  create: async ({ separator, ...rowSettings }, { random, configFolder }) => {
    const { file } = rowSettings;
    const hash = createHash('sha256');
    const rows = new PromptRows(rowSettings);
    let header: string[] | undefined;
    for await (const { text, number } of readRecords(readLines(path.resolve(configFolder, file), file, hash), file)) {
      const fields = splitRecord(text, separator);
      if (header) rows.add(rowOf(header, fields, file, number), number);
      else if (new Set(fields).size === fields.length) header = fields;
      else throw malformedRow(file, number, 'two columns of the header have one name');
    }
    return repeatingSource(rows.list(hash.digest('hex')), random);
  },
});
