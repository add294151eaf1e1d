import { createHash } from 'node:crypto';
import {
  duplicateId,
  emptyData,
  type Message,
  type Prompt,
  type PromptList,
  Random,
  rowWithoutColumn,
  wrongColumn,
  z,
} from '@dapo/core';

/** Options of every source that makes prompts of the rows of a file. */
export const rowOptions = z.strictObject({
  file: z.string().min(1).describe('the file; a relative path starts from the folder of the config'),
  input: z.string().default('prompt').describe('column of the prompt: a text or a list of messages'),
  reference: z
    .union([z.string(), z.literal(false)])
    .default('answer')
    .describe('column of the right answer; false: there is none'),
  id: z.string().optional().describe('column of ids; by default an id is a hash of the prompt'),
  split: z.enum(['all', 'train', 'heldOut']).default('all').describe('which side of a split by hash of the prompt'),
  heldOutShare: z
    .number()
    .min(0)
    .max(1)
    .default(1 / 16)
    .describe('share of the prompts that are held out'),
});
export type RowOptions = z.output<typeof rowOptions>;

type Row = Readonly<Record<string, unknown>>;

const messages = z.array(z.object({ role: z.string(), content: z.string() })).min(1);
const splitHash = new Random(0);

/** Makes prompts of rows, one at a time, and refuses those that no prompt can be made of. */
export class PromptRows {
  private readonly prompts: Omit<Prompt, 'visit'>[] = [];
  private readonly lineOf = new Map<string, number>();

  constructor(private readonly options: RowOptions) {}

  /** @throws DapoError that names the line where a column is missing or wrong, or an id is taken */
  add(row: Row, line: number): void {
    const { file, input: inputColumn, reference: referenceColumn, id: idColumn } = this.options;
    const input = this.inputOf(row, line);
    const problem = typeof input === 'string' ? input : JSON.stringify(input);
    const id = idColumn === undefined ? hashOf(problem) : this.textOf(row, idColumn, line);
    const earlier = this.lineOf.get(id);
    if (earlier !== undefined) throw duplicateId(file, line, id, earlier);
    this.lineOf.set(id, line);
    const reference = referenceColumn === false ? undefined : this.textOf(row, referenceColumn, line);
    if (!this.isOnSide(problem)) return;
    const used = [inputColumn, referenceColumn, idColumn];
    const columns = Object.fromEntries(Object.entries(row).filter(([name]) => !used.includes(name)));
    this.prompts.push({ id, input, reference, columns, origin: `${file}:${line}` });
  }

  /** @throws DapoError where no prompt is left */
  list(sha256: string): PromptList {
    const { file, split, heldOutShare } = this.options;
    const side = split === 'all' ? '' : ` ${split} ${heldOutShare}`;
    if (this.prompts.length === 0) throw emptyData(`${file}${side}`);
    return {
      size: this.prompts.length,
      fingerprint: `${file}${side} sha256:${sha256}`,
      at: (i) => this.prompts[i]!,
    };
  }

  private inputOf(row: Row, line: number): string | readonly Message[] {
    const { file, input: column } = this.options;
    const value = this.valueOf(row, column, line);
    if (typeof value === 'string') return value;
    const chat = messages.safeParse(value);
    if (!chat.success) {
      throw wrongColumn(file, line, column, 'a text, or a list of messages { role, content }', describe(value));
    }
    return chat.data;
  }

  private textOf(row: Row, column: string, line: number): string {
    const value = this.valueOf(row, column, line);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw wrongColumn(this.options.file, line, column, 'a text or a number', describe(value));
  }

  private valueOf(row: Row, column: string, line: number): unknown {
    if (!Object.hasOwn(row, column)) throw rowWithoutColumn(this.options.file, line, column, Object.keys(row));
    return row[column];
  }

  /** By the prompt alone, so that equal prompts of several files stay on one side. */
  private isOnSide(problem: string): boolean {
    const { split, heldOutShare } = this.options;
    const heldOut = splitHash.key('split', problem).uniform(0) < heldOutShare;
    return split === 'all' || heldOut === (split === 'heldOut');
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function describe(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
