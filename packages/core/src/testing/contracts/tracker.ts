import type { Tracker, TrackerRecord } from '../../contracts/index.js';
import { difference } from './compare.js';
import type { ContractSuite, Finding } from './contract-check.js';
import { MemoryFolder } from './stand-ins.js';
import type { Subject } from './subject.js';

const recordOf = (step: number, given: Partial<TrackerRecord> = {}): TrackerRecord => ({
  kind: 'step',
  step,
  metrics: { 'update/loss': 0.25 * step, 'reward/mean': -0.5 },
  ...given,
});

/** Records of every sort, the awkward ones too. */
const recordsOfEverySort = (): readonly TrackerRecord[] => [
  recordOf(0, { kind: 'evaluation', metrics: { 'evaluation/accuracy': 0.5 } }),
  recordOf(1),
  recordOf(2, { metrics: {} }),
  recordOf(3, {
    metrics: { 'update/loss': NaN, 'update/gradient-norm': Infinity, 'reward/mean': -Infinity },
  }),
  recordOf(3, { kind: 'warning', metrics: {}, message: 'a line\nand another, «quoted»' }),
  recordOf(3, { kind: 'guard', metrics: {}, message: 'stopped' }),
  recordOf(3, { kind: 'end', message: 'budget used up' }),
];

async function trackAll(tracker: Tracker, records: readonly TrackerRecord[]): Promise<void> {
  for (const record of records) await tracker.track(record);
}

export const trackerContract: ContractSuite<'tracker'> = {
  methods: ['track'],
  use: async (tracker) => trackAll(tracker, recordsOfEverySort()),
  checks: [
    {
      name: 'takes records of every sort',
      find: async (subject) => trackAll(await subject.create(), recordsOfEverySort()).then(() => undefined),
    },
    { name: 'only records', find: (subject) => findChange(subject) },
    { name: 'writes a step once, though the run was resumed', find: (subject) => findRepetition(subject) },
  ],
};

async function findChange(subject: Subject<'tracker'>): Promise<Finding> {
  const records = recordsOfEverySort();
  await trackAll(await subject.create(), records);
  const found = difference(recordsOfEverySort(), records);
  return found && `it changes the record that other trackers see after it: ${found}`;
}

/** A run that was saved after step 1, broke off after step 2 and does step 2 again, in the same folder. */
async function findRepetition(subject: Subject<'tracker'>): Promise<Finding> {
  const straight = new MemoryFolder();
  await trackAll((await subject.make({}, straight)).instance, [recordOf(1), recordOf(2)]);

  const folder = new MemoryFolder();
  const { instance: broken } = await subject.make({}, folder);
  await broken.track(recordOf(1));
  const state = await broken.state?.();
  await broken.track(recordOf(2));
  const { instance: resumed } = await subject.make({}, folder);
  if (state) await resumed.restore?.(state);
  await resumed.track(recordOf(2));
  const found = difference(sizesOf(straight), sizesOf(folder));
  return (
    found &&
    `after a resume its files have not the size of those of a run without a break: ${found}. Keep ` +
      'the size of a file in state(), and cut it to that in restore()'
  );
}

/** Bytes of each file; what stands in them may tell the time. */
const sizesOf = ({ files }: MemoryFolder): unknown =>
  Object.fromEntries([...files].map(([name, content]) => [name, content.length]));
