import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** A line of metrics.jsonl, as the tracker `jsonl` writes it. */
interface HistoryRecord {
  readonly kind: string;
  readonly step: number;
  readonly metrics: Readonly<Record<string, unknown>>;
}

export interface Point {
  readonly step: number;
  readonly value: number;
}

/** The metrics of a run over its rollout steps. */
export class RunHistory {
  /** Step → metrics of the step and of the evaluation after it. */
  private readonly byStep = new Map<number, Record<string, unknown>>();

  constructor(records: readonly HistoryRecord[]) {
    // A step that was done again, after a resume or a roll-back, counts as it was done last.
    for (const { step, metrics } of records) this.byStep.set(step, { ...this.byStep.get(step), ...metrics });
  }

  /** Every metric that was recorded. */
  names(): string[] {
    return [...new Set([...this.byStep.values()].flatMap((metrics) => Object.keys(metrics)))];
  }

  /** A metric where it was recorded as a number (NaN and infinities are texts there), by rising step. */
  series(name: string): Point[] {
    return [...this.byStep]
      .map(([step, metrics]) => ({ step, value: metrics[name] }))
      .filter((point): point is Point => typeof point.value === 'number')
      .sort((a, b) => a.step - b.step);
  }
}

/** Reads metrics.jsonl of a run folder; undefined where there is none. */
export async function readRunHistory(folder: string): Promise<RunHistory | undefined> {
  const file = path.join(folder, 'metrics.jsonl');
  if (!existsSync(file)) return undefined;
  const lines = (await readFile(file, 'utf8')).split('\n');
  return new RunHistory(lines.flatMap(parseLine));
}

/** A crash may leave a torn line: it is passed over. */
function parseLine(line: string): HistoryRecord[] {
  try {
    const record = JSON.parse(line) as HistoryRecord;
    return typeof record.step === 'number' && typeof record.metrics === 'object' ? [record] : [];
  } catch {
    return [];
  }
}
