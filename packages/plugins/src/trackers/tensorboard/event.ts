import { maskedCrc32c } from './crc32c.js';

/** Protobuf wire types. */
const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}

function key(field: number, wireType: number): number[] {
  return varint(field * 8 + wireType);
}

function numberField(field: number, wireType: typeof FIXED_64 | typeof FIXED_32, value: number): number[] {
  const view = new DataView(new ArrayBuffer(wireType === FIXED_64 ? 8 : 4));
  if (wireType === FIXED_64) view.setFloat64(0, value, true);
  else view.setFloat32(0, value, true);
  return [...key(field, wireType), ...new Uint8Array(view.buffer)];
}

function bytesField(field: number, content: Iterable<number>): number[] {
  const bytes = [...content];
  return [...key(field, BYTES), ...varint(bytes.length), ...bytes];
}

function textField(field: number, text: string): number[] {
  return bytesField(field, new TextEncoder().encode(text));
}

/** The first event of a file: its format. */
export function versionEvent(wallTime: number): Uint8Array {
  return Uint8Array.from([...numberField(1, FIXED_64, wallTime), ...textField(3, 'brain.Event:2')]);
}

/**
 * Event { wall_time = 1, step = 2, summary = 5 { value = 1 { tag = 1, simple_value = 2 } } } as protobuf.
 *
 * @param wallTime seconds since 1970
 */
export function scalarsEvent(wallTime: number, step: number, scalars: Readonly<Record<string, number>>): Uint8Array {
  const values = Object.entries(scalars).flatMap(([tag, value]) =>
    bytesField(1, [...textField(1, tag), ...numberField(2, FIXED_32, value)]),
  );
  return Uint8Array.from([
    ...numberField(1, FIXED_64, wallTime),
    ...key(2, VARINT),
    ...varint(step),
    ...bytesField(5, values),
  ]);
}

/** A TFRecord: length (64 bits), its checksum, the data, its checksum; little-endian. */
export function tfRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}
