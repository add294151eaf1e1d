import { open, rename } from 'node:fs/promises';

/** A float32 tensor to be written. */
export interface WrittenTensor {
  readonly shape: readonly number[];
  readonly values: () => Promise<Float32Array>;
}

/** Bytes that the header is padded to, so that the data starts aligned. */
const ALIGNMENT = 8;

/**
 * Writes float32 tensors in the safetensors format, sorted by name, one after another: no more than one is in memory.
 * The file appears under its name only when it is whole.
 */
export async function writeSafetensors(
  file: string,
  tensors: ReadonlyMap<string, WrittenTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  const draft = `${file}.draft`;
  const handle = await open(draft, 'w');
  try {
    await handle.writeFile(headerBytes(sorted, metadata));
    for (const [, { values }] of sorted) {
      const { buffer, byteOffset, byteLength } = await values();
      if (byteLength > 0) await handle.writeFile(new Uint8Array(buffer, byteOffset, byteLength));
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}

function headerBytes(
  tensors: readonly (readonly [string, WrittenTensor])[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  let at = 0;
  const entries = tensors.map(([name, { shape }]) => {
    const begin = at;
    at += 4 * shape.reduce((a, b) => a * b, 1);
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype: 'F32', shape, data_offsets: [begin, at] })}`;
  });
  if (Object.keys(metadata).length > 0) entries.unshift(`"__metadata__":${JSON.stringify(metadata)}`);
  const json = new TextEncoder().encode(`{${entries.join(',')}}`);
  const length = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return bytes;
}
