/** A line of metrics.jsonl. */
export interface MetricRecord {
  readonly kind: string;
  readonly step: number;
  readonly metrics: Readonly<Record<string, unknown>>;
}

/** A value that is another one than it was. */
export interface Deviation {
  readonly kind: string;
  readonly step: number;
  readonly metric: string;
  /** Undefined where it was not recorded. */
  readonly then: unknown;
  readonly now: unknown;
}

export interface RecordComparison {
  readonly steps: number;
  readonly evaluations: number;
  /** Values that were compared. */
  readonly values: number;
  readonly deviations: readonly Deviation[];
}

/** Times, memory and money are the machine's, not the run's. */
const OF_THE_MACHINE = 'time/';
const COMPARED = ['step', 'evaluation'];

/** Lines that are none, after a crash, are passed over; of a step that was done twice the last counts. */
export function readRecords(jsonl: string): MetricRecord[] {
  const byPlace = new Map<string, MetricRecord>();
  for (const line of jsonl.split('\n')) {
    const record = parse(line);
    if (record && COMPARED.includes(record.kind)) byPlace.set(`${record.step} ${record.kind}`, record);
  }
  return [...byPlace.values()].sort((a, b) => a.step - b.step || COMPARED.indexOf(a.kind) - COMPARED.indexOf(b.kind));
}

function parse(line: string): MetricRecord | undefined {
  try {
    const record = JSON.parse(line) as MetricRecord;
    return typeof record.step === 'number' && typeof record.metrics === 'object' ? record : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Compares what two runs recorded, bit for bit: JSON gives back the very number that was written.
 *
 * @param lastStep nothing after it is compared
 */
export function compareRecords(
  then: readonly MetricRecord[],
  now: readonly MetricRecord[],
  lastStep: number,
): RecordComparison {
  const later = new Map(now.map((record) => [`${record.step} ${record.kind}`, record]));
  const compared = then.filter(({ step }) => step <= lastStep);
  const deviations: Deviation[] = [];
  let values = 0;
  for (const { kind, step, metrics } of compared) {
    const other = later.get(`${step} ${kind}`)?.metrics ?? {};
    const names = [...new Set([...Object.keys(metrics), ...Object.keys(other)])].filter(
      (name) => !name.startsWith(OF_THE_MACHINE),
    );
    for (const metric of names) {
      values += 1;
      if (!Object.is(metrics[metric], other[metric]))
        deviations.push({ kind, step, metric, then: metrics[metric], now: other[metric] });
    }
  }
  const count = (kind: string): number => compared.filter((record) => record.kind === kind).length;
  return { steps: count('step'), evaluations: count('evaluation'), values, deviations };
}
