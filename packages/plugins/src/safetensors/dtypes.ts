/** Bits of one element, for every dtype of the format. */
export const dtypeBits: ReadonlyMap<string, number> = new Map([
  ['BOOL', 8],
  ['F4', 4],
  ['F6_E2M3', 6],
  ['F6_E3M2', 6],
  ['U8', 8],
  ['I8', 8],
  ['F8_E5M2', 8],
  ['F8_E4M3', 8],
  ['F8_E8M0', 8],
  ['F8_E4M3FNUZ', 8],
  ['F8_E5M2FNUZ', 8],
  ['I16', 16],
  ['U16', 16],
  ['F16', 16],
  ['BF16', 16],
  ['I32', 32],
  ['U32', 32],
  ['F32', 32],
  ['C64', 64],
  ['F64', 64],
  ['I64', 64],
  ['U64', 64],
]);

/** Values as they stand in the file; 16-bit floats as float32, which holds them exactly; BOOL as 0 and 1. */
export type Values =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Bytes of a tensor, in memory of their own, → its values. */
const decoders: Readonly<Record<string, (bytes: ArrayBuffer) => Values>> = {
  F32: (bytes) => new Float32Array(bytes),
  BF16: (bytes) => widenBfloat16(new Uint16Array(bytes)),
  F16: (bytes) => Float32Array.from(new Uint16Array(bytes), halfToNumber),
  F64: (bytes) => new Float64Array(bytes),
  BOOL: (bytes) => new Uint8Array(bytes),
  U8: (bytes) => new Uint8Array(bytes),
  I8: (bytes) => new Int8Array(bytes),
  U16: (bytes) => new Uint16Array(bytes),
  I16: (bytes) => new Int16Array(bytes),
  U32: (bytes) => new Uint32Array(bytes),
  I32: (bytes) => new Int32Array(bytes),
  U64: (bytes) => new BigUint64Array(bytes),
  I64: (bytes) => new BigInt64Array(bytes),
};

export const readableDtypes: readonly string[] = Object.keys(decoders);

export function decodeValues(dtype: string, bytes: ArrayBuffer): Values | undefined {
  return decoders[dtype]?.(bytes);
}

/** A bfloat16 is the upper half of a float32. */
function widenBfloat16(halves: Uint16Array): Float32Array {
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = halves[i]! << 16;
  return new Float32Array(words.buffer);
}

/** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
function halfToNumber(half: number): number {
  const sign = half >> 15 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
