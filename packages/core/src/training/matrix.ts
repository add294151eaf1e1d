import { tf } from '../tensors/tf.js';

/** A row-major [rows, width] quantity of a rollout on the host. */
export class Matrix {
  constructor(
    readonly rows: number,
    readonly width: number,
    readonly values: Float32Array = new Float32Array(rows * width),
  ) {}

  /** The given rows, cut to the first `width` columns, as a tensor [rows.length, width]. */
  tensor(rows: readonly number[], width = this.width): tf.Tensor2D {
    const out = new Float32Array(rows.length * width);
    rows.forEach((row, i) => {
      const start = row * this.width;
      out.set(this.values.subarray(start, start + Math.min(width, this.width)), i * width);
    });
    return tf.tensor2d(out, [rows.length, width]);
  }

  /** The whole matrix as a tensor. */
  whole(): tf.Tensor2D {
    return tf.tensor2d(this.values, [this.rows, this.width]);
  }

  /** Copies a row of values to its beginning. */
  setRow(row: number, values: ArrayLike<number>): void {
    this.values.set(values, row * this.width);
  }

  row(row: number): Float32Array {
    return this.values.subarray(row * this.width, (row + 1) * this.width);
  }

  /** The given rows, in their order, as a matrix of the same width. */
  take(rows: readonly number[]): Matrix {
    const taken = new Matrix(rows.length, this.width);
    rows.forEach((row, i) => taken.setRow(i, this.row(row)));
    return taken;
  }

  /** A matrix of the same shape with values of another width, cut or padded with 0. */
  static fromWidth(rows: number, width: number, values: Float32Array, ownWidth: number): Matrix {
    if (width === ownWidth) return new Matrix(rows, width, values);
    const matrix = new Matrix(rows, width);
    for (let r = 0; r < rows; r++) {
      matrix.setRow(r, values.subarray(r * ownWidth, r * ownWidth + Math.min(width, ownWidth)));
    }
    return matrix;
  }
}
