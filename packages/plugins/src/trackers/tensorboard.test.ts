import { expect, test } from 'vitest';
import { MemoryFolder } from '../../../../test/fixtures/memory-folder.js';
import type { Tracker, TrackerRecord } from '@dapo/core';
import tensorboard from './tensorboard.js';
import { crc32c, maskedCrc32c } from './tensorboard/crc32c.js';
import { scalarsEvent, tfRecord, versionEvent } from './tensorboard/event.js';

const FILE = 'tensorboard/events.out.tfevents.dapo';
const tracker = (runFolder: MemoryFolder): Tracker =>
  tensorboard.create(tensorboard.options!.parse({}), { runFolder }) as Tracker;
const step = (n: number): TrackerRecord => ({
  kind: 'step',
  step: n,
  metrics: { 'reward/mean': n / 2, 'update/loss': -0.25 },
});
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Reads a message of protobuf: field → values; numbers of 4 and 8 bytes as floats. */
function readMessage(bytes: Uint8Array): Map<number, (number | Uint8Array)[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const value = ((): number | Uint8Array => {
      if (key % 8 === 0) return varint();
      if (key % 8 === 1) return view.getFloat64((at += 8) - 8, true);
      if (key % 8 === 5) return view.getFloat32((at += 4) - 4, true);
      const length = varint();
      return bytes.subarray(at, (at += length));
    })();
    const field = Math.floor(key / 8);
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
}

interface Event {
  readonly version?: string;
  readonly step?: number;
  readonly scalars: Record<string, number>;
}

/** Reads an event file back; a wrong checksum throws. */
function readEvents(file: Uint8Array): Event[] {
  const bytes = Uint8Array.from(file);
  const view = new DataView(bytes.buffer);
  const events: Event[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(view.getBigUint64(at, true));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(view.getUint32(at + 8, true)).toBe(maskedCrc32c(bytes.subarray(at, at + 8)));
    expect(view.getUint32(at + 12 + length, true)).toBe(maskedCrc32c(data));
    at += 16 + length;
    const event = readMessage(data);
    const text = (value: unknown): string => new TextDecoder().decode(value as Uint8Array);
    const values = (event.get(5) ?? []).flatMap((summary) => readMessage(summary as Uint8Array).get(1)!);
    const scalars = values.map((value) => {
      const fields = readMessage(value as Uint8Array);
      return [text(fields.get(1)![0]), fields.get(2)![0] as number] as const;
    });
    events.push({
      ...(event.has(3) && { version: text(event.get(3)![0]) }),
      ...(event.has(2) && { step: event.get(2)![0] as number }),
      scalars: Object.fromEntries(scalars),
    });
  }
  return events;
}

test('the checksum is that of RFC 3720 and of Google’s crc32c', () => {
  expect(crc32c(new Uint8Array(32)).toString(16)).toBe('8a9136aa');
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)).toString(16)).toBe('46dd794e');
  expect(crc32c(new TextEncoder().encode('123456789')).toString(16)).toBe('e3069283');
});

test('a record has the bytes that TensorFlow’s own writer gives', () => {
  // tensorboard 2.21: RecordWriter.write(Event(wall_time=1.5, file_version='brain.Event:2').SerializeToString())
  expect(hex(tfRecord(versionEvent(1.5)))).toBe(
    '1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c',
  );
  // … Event(wall_time=2.5, step=300, summary=Summary(value=[Value(tag='reward/mean', simple_value=-0.75)]))
  expect(hex(tfRecord(scalarsEvent(2.5, 300, { 'reward/mean': -0.75 })))).toBe(
    '220000000000000078113dfd09000000000000044010ac022a140a120a0b7265776172642f6d65616e15000040bf81415e22',
  );
});

test('every metric of every record can be read back', async () => {
  const folder = new MemoryFolder();
  const writer = tracker(folder);
  await writer.track(step(1));
  await writer.track(step(70_000));
  await writer.track({ kind: 'end', step: 2, metrics: {}, message: 'budget' });
  expect(readEvents(folder.bytes(FILE))).toEqual([
    { version: 'brain.Event:2', scalars: {} },
    { step: 1, scalars: { 'reward/mean': 0.5, 'update/loss': -0.25 } },
    { step: 70_000, scalars: { 'reward/mean': 35_000, 'update/loss': -0.25 } },
  ]);
});

test('a run that goes on has no step twice, and one that begins again begins a new file', async () => {
  const folder = new MemoryFolder();
  const first = tracker(folder);
  await first.track(step(1));
  const saved = await first.state!();
  await first.track(step(2));
  const resumed = tracker(folder);
  await resumed.restore!(saved);
  await resumed.track(step(2));
  expect(readEvents(folder.bytes(FILE)).map((event) => event.step)).toEqual([undefined, 1, 2]);

  await tracker(folder).track(step(1));
  expect(readEvents(folder.bytes(FILE)).map((event) => event.step)).toEqual([undefined, 1]);
});

test('a file that TensorBoard would not look at is refused', () => {
  expect(tensorboard.options!.safeParse({ file: 'events.bin' }).success).toBe(false);
});
