// Values moved, none computed: what transpose, slice, split, concat and gather are made of.

/** Copies `bytes` bytes; short runs are the rule here, and for them `memory.copy` costs more than it moves. */
// @ts-ignore: decorator
@inline
function copyRun(to: usize, from: usize, bytes: usize): void {
  if (bytes > 1024) {
    memory.copy(to, from, bytes);
    return;
  }
  let at: usize = 0;
  const vectors = bytes & ~15;
  for (; at < vectors; at += 16) v128.store(to + at, v128.load(from + at));
  const words = bytes & ~3;
  for (; at < words; at += 4) store<u32>(to + at, load<u32>(from + at));
  for (; at < bytes; at++) store<u8>(to + at, load<u8>(from + at));
}

/** `count` runs of `bytes` bytes, a fixed distance apart on both sides. */
export function copyRuns(
  count: i32, bytes: usize, from: usize, fromStride: usize, to: usize, toStride: usize,
): void {
  for (let i = 0; i < count; i++) {
    copyRun(to, from, bytes);
    from += fromStride;
    to += toStride;
  }
}

/**
 * For each of `batch` blocks of `x`, the runs of `bytes` bytes that `ids` [count] names, one after the other into
 * `out`. A block has `length` runs. Returns the place of the first id outside 0 … length − 1, or −1.
 */
export function gatherRuns(
  batch: i32, count: i32, length: i32, bytes: usize, x: usize, ids: usize, out: usize,
): i32 {
  for (let i = 0; i < count; i++) {
    if (load<u32>(ids + (<usize>i << 2)) >= <u32>length) return i;
  }
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < count; i++) {
      copyRun(out, x + <usize>load<u32>(ids + (<usize>i << 2)) * bytes, bytes);
      out += bytes;
    }
    x += <usize>length * bytes;
  }
  return -1;
}

/**
 * Five nested loops over a source with any strides, in bytes; the target is written from front to back. The run
 * inside has `bytes` bytes: a whole row where the last axis stays the last, one value where it doesn't.
 */
export function permute(
  n0: i32, n1: i32, n2: i32, n3: i32, n4: i32,
  stride0: usize, stride1: usize, stride2: usize, stride3: usize, stride4: usize,
  bytes: usize, from: usize, to: usize,
): void {
  for (let i0 = 0; i0 < n0; i0++) {
    const from0 = from + <usize>i0 * stride0;
    for (let i1 = 0; i1 < n1; i1++) {
      const from1 = from0 + <usize>i1 * stride1;
      for (let i2 = 0; i2 < n2; i2++) {
        const from2 = from1 + <usize>i2 * stride2;
        for (let i3 = 0; i3 < n3; i3++) {
          let from3 = from2 + <usize>i3 * stride3;
          if (bytes == 4) {
            for (let i4 = 0; i4 < n4; i4++) {
              store<u32>(to, load<u32>(from3));
              from3 += stride4;
              to += 4;
            }
          } else {
            for (let i4 = 0; i4 < n4; i4++) {
              copyRun(to, from3, bytes);
              from3 += stride4;
              to += bytes;
            }
          }
        }
      }
    }
  }
}

/** `batch` matrices [rows, columns] of 4-byte values, each transposed; blocks of 4x4 by shuffles. */
export function transposeMatrices(batch: i32, rows: i32, columns: i32, from: usize, to: usize): void {
  const fromStride = <usize>columns << 2;
  const toStride = <usize>rows << 2;
  const fourRows = rows & ~3;
  const fourColumns = columns & ~3;
  for (let b = 0; b < batch; b++) {
    for (let row = 0; row < fourRows; row += 4) {
      let source = from + <usize>row * fromStride;
      let target = to + (<usize>row << 2);
      for (let column = 0; column < fourColumns; column += 4) {
        transposeBlock(source, fromStride, target, toStride);
        source += 16;
        target += toStride << 2;
      }
    }
    if (fourColumns < columns) transposePart(0, rows, fourColumns, columns, from, fromStride, to, toStride);
    if (fourRows < rows) transposePart(fourRows, rows, 0, fourColumns, from, fromStride, to, toStride);
    from += <usize>rows * fromStride;
    to += <usize>columns * toStride;
  }
}

// @ts-ignore: decorator
@inline
function transposeBlock(from: usize, fromStride: usize, to: usize, toStride: usize): void {
  const from2 = from + fromStride + fromStride;
  const r0 = v128.load(from), r1 = v128.load(from + fromStride);
  const r2 = v128.load(from2), r3 = v128.load(from2 + fromStride);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  const to2 = to + toStride + toStride;
  v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
  v128.store(to + toStride, v128.shuffle<f64>(low01, low23, 1, 3));
  v128.store(to2, v128.shuffle<f64>(high01, high23, 0, 2));
  v128.store(to2 + toStride, v128.shuffle<f64>(high01, high23, 1, 3));
}

/** What is left of a matrix beside the blocks, value by value. */
function transposePart(
  row: i32, rows: i32, firstColumn: i32, columns: i32, from: usize, fromStride: usize, to: usize, toStride: usize,
): void {
  for (; row < rows; row++) {
    for (let column = firstColumn; column < columns; column++) {
      const value = load<u32>(from + <usize>row * fromStride + (<usize>column << 2));
      store<u32>(to + <usize>column * toStride + (<usize>row << 2), value);
    }
  }
}

/** out[i] = condition[i] ? yes[i] : no[i]; conditions are single bytes, values have 4. */
export function select(length: i32, condition: usize, yes: usize, no: usize, out: usize): void {
  const fours = length & ~3;
  const zero = i32x4.splat(0);
  let i = 0;
  for (; i < fours; i += 4) {
    const at = <usize>i << 2;
    const bytes = v128.load32_zero(condition + <usize>i);
    const mask = i32x4.ne(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes)), zero);
    v128.store(out + at, v128.bitselect(v128.load(yes + at), v128.load(no + at), mask));
  }
  for (; i < length; i++) {
    const at = <usize>i << 2;
    store<u32>(out + at, load<u8>(condition + <usize>i) ? load<u32>(yes + at) : load<u32>(no + at));
  }
}
