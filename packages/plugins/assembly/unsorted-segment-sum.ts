// out[id] += x[row] for each row with that id: the gradient of looking rows up in an embedding table. Rows are
// added in the order they stand in, one after the other, so the sums have the same bits in every run.

/**
 * `x` [rows, width] float32, `ids` [rows] int32, `out` [segments, width]. Rows whose id is negative or not
 * below `segments` are left out, as TensorFlow does.
 */
export function unsortedSegmentSum(
  rows: i32, width: i32, segments: i32, x: usize, ids: usize, out: usize,
): void {
  const rowBytes = <usize>width << 2;
  const vectorBytes = rowBytes & ~15;
  memory.fill(out, 0, <usize>segments * rowBytes);
  for (let row = 0; row < rows; row++) {
    const id = load<i32>(ids);
    ids += 4;
    if (id >= 0 && id < segments) {
      const sum = out + <usize>id * rowBytes;
      let at: usize = 0;
      for (; at < vectorBytes; at += 16) {
        v128.store(sum + at, f32x4.add(v128.load(sum + at), v128.load(x + at)));
      }
      for (; at < rowBytes; at += 4) {
        store<f32>(sum + at, load<f32>(sum + at) + load<f32>(x + at));
      }
    }
    x += rowBytes;
  }
}
