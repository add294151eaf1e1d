// Sums along an axis, each in an order that depends on the axis alone: the same bits in every run, and for a row
// whatever rows stand beside it.

/** Values added in float32 before the total, which is kept in float64, takes them: long sums stay accurate. */
const BLOCK: i32 = 256;

// @ts-ignore: decorator
@inline
function lanes(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** x [rows, length] → out [rows]. */
export function sumRows(rows: i32, length: i32, x: usize, out: usize): void {
  for (let row = 0; row < rows; row++) {
    let total: f64 = 0;
    for (let done = 0; done < length; done += BLOCK) {
      const count = min(BLOCK, length - done);
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
      let i = 0;
      for (; i + 16 <= count; i += 16) {
        s0 = f32x4.add(s0, v128.load(x));
        s1 = f32x4.add(s1, v128.load(x, 16));
        s2 = f32x4.add(s2, v128.load(x, 32));
        s3 = f32x4.add(s3, v128.load(x, 48));
        x += 64;
      }
      for (; i + 4 <= count; i += 4) {
        s0 = f32x4.add(s0, v128.load(x));
        x += 16;
      }
      total += <f64>lanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
      for (; i < count; i++) {
        total += <f64>load<f32>(x);
        x += 4;
      }
    }
    store<f32>(out, <f32>total);
    out += 4;
  }
}

/** x [batch, length, width] → out [batch, width]: whole rows are added, in order. */
export function sumColumns(batch: i32, length: i32, width: i32, x: usize, out: usize): void {
  const bytes = <usize>width << 2;
  const vectors = bytes & ~15;
  for (let b = 0; b < batch; b++) {
    memory.fill(out, 0, bytes);
    let i = 0;
    // Two rows at a time halve the traffic to `out`; the order of the additions is the same.
    for (; i + 2 <= length; i += 2) {
      let at: usize = 0;
      for (; at < vectors; at += 16) {
        const sum = f32x4.add(v128.load(out + at), v128.load(x + at));
        v128.store(out + at, f32x4.add(sum, v128.load(x + bytes + at)));
      }
      for (; at < bytes; at += 4) {
        store<f32>(out + at, load<f32>(out + at) + load<f32>(x + at) + load<f32>(x + bytes + at));
      }
      x += bytes << 1;
    }
    if (i < length) {
      for (let at: usize = 0; at < bytes; at += 4) {
        store<f32>(out + at, load<f32>(out + at) + load<f32>(x + at));
      }
      x += bytes;
    }
    out += bytes;
  }
}
