import { open, type FileHandle } from 'node:fs/promises';
import { decodeValues, dtypeBits, readableDtypes, type Values } from './dtypes.js';
import { invalidSafetensors, unreadableDtype } from './errors.js';
import { parseHeader, type Header, type Refuse, type TensorEntry } from './header.js';

/** Longest header that is read: the format's own limit. */
const HEADER_LIMIT = 100_000_000;
const LENGTH_BYTES = 8;

/** An open file. Its header is checked as a whole; values are read when asked for, each by its range. */
export interface SafetensorsFile extends Header {
  readonly file: string;
  /** Throws a DapoError for a dtype that JavaScript has no numbers for. */
  read(name: string): Promise<Values>;
  close(): Promise<void>;
}

/**
 * Opens a file in the safetensors format (github.com/huggingface/safetensors).
 *
 * @throws DapoError DAPO_SAFETENSORS_INVALID where the file breaks the format, before anything of the size that the
 *   header asks for is allocated
 */
export async function openSafetensors(file: string): Promise<SafetensorsFile> {
  const handle = await open(file, 'r');
  try {
    const refuse: Refuse = (reason, tensor) => {
      throw invalidSafetensors(file, reason, tensor);
    };
    const { size } = await handle.stat();
    const headerBytes = await readHeaderLength(handle, size, refuse);
    const start = LENGTH_BYTES + headerBytes;
    const header = parseHeader(decodeText(await readRange(handle, LENGTH_BYTES, headerBytes), refuse), refuse);
    checkTensors(header.tensors, size - start, refuse);
    return {
      ...header,
      file,
      read: (name) => readTensor(handle, file, start, name, header.tensors.get(name)!),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readHeaderLength(handle: FileHandle, size: number, refuse: Refuse): Promise<number> {
  if (size === 0) refuse('The file is empty.');
  if (size < LENGTH_BYTES) refuse(`The file ends after ${size} of the ${LENGTH_BYTES} bytes of the header length.`);
  const length = new DataView(await readRange(handle, 0, LENGTH_BYTES)).getBigUint64(0, true);
  if (length === 0n) refuse('The header length is 0: there is no JSON object.');
  if (length > BigInt(HEADER_LIMIT))
    refuse(`The header length is ${length}, beyond the limit of ${HEADER_LIMIT} bytes.`);
  if (length > BigInt(size - LENGTH_BYTES))
    refuse(`The header length is ${length}, past the end of a file of ${size} bytes.`);
  return Number(length);
}

function decodeText(bytes: ArrayBuffer, refuse: Refuse): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse('The header is not valid UTF-8.');
  }
}

/** Dtypes and sizes fit, and the data is covered without overlap, hole or rest. */
function checkTensors(tensors: ReadonlyMap<string, TensorEntry>, dataBytes: number, refuse: Refuse): void {
  for (const [
    name,
    {
      dtype,
      shape,
      offsets: [begin, end],
    },
  ] of tensors) {
    const bits = dtypeBits.get(dtype);
    if (bits === undefined) return refuse(`The dtype ${dtype} is not one of the format.`, name);
    if (end < begin) refuse('data_offsets end before they start.', name);
    if (end > dataBytes) refuse(`data_offsets end at byte ${end} of ${dataBytes} bytes of data.`, name);
    const bytes = (shape.reduce((a, b) => a * b, 1) * bits) / 8;
    if (bytes !== end - begin) refuse(`The shape asks for ${bytes} bytes and the offsets hold ${end - begin}.`, name);
  }
  let covered = 0;
  const inOrder = [...tensors].sort(([, a], [, b]) => a.offsets[0] - b.offsets[0] || a.offsets[1] - b.offsets[1]);
  for (const [
    name,
    {
      offsets: [begin, end],
    },
  ] of inOrder) {
    if (begin < covered) refuse(`Byte ${begin} belongs to two tensors.`, name);
    if (begin > covered) refuse(`Bytes ${covered} to ${begin} belong to no tensor.`, name);
    covered = end;
  }
  if (covered < dataBytes) refuse(`${dataBytes - covered} bytes follow the last tensor.`);
}

async function readTensor(
  handle: FileHandle,
  file: string,
  start: number,
  name: string,
  { dtype, offsets: [begin, end] }: TensorEntry,
): Promise<Values> {
  if (!readableDtypes.includes(dtype)) throw unreadableDtype(file, name, dtype, readableDtypes);
  return decodeValues(dtype, await readRange(handle, start + begin, end - begin))!;
}

/** Bytes of a file in memory of their own, so that any typed array may view them. */
async function readRange(handle: FileHandle, position: number, length: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.buffer;
}
