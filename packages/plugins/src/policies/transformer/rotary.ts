import { tf } from '@dapo/core';

/** Turns of queries and keys at some positions N. */
export interface Rotation {
  /** [1, N, width] */
  readonly cos: tf.Tensor3D;
  /** [1, N, width] */
  readonly sin: tf.Tensor3D;
  /** x · quarter = (−x₂, x₁), x₁ and x₂ the halves of a head [headDim, headDim]. */
  readonly quarter: tf.Tensor2D;
}

/**
 * Turns each pair (x_i, x_{i + d/2}) of a head by its position times θ^(−2i/d) (RoPE, arXiv 2104.09864, in the order
 * of Hugging Face's Llama): x · cos + (−x₂, x₁) · sin. The exchange of the halves is a product with a matrix of zeros
 * and ones: exact, and much faster than slicing and joining rows of a few numbers.
 *
 * @param x [keyValueHeads, N, width], width a multiple of headDim
 */
export function rotate(x: tf.Tensor3D, { cos, sin, quarter }: Rotation): tf.Tensor3D {
  const turned = tf.reshape(tf.matMul(tf.reshape(x, [-1, quarter.shape[0]]), quarter), x.shape);
  return tf.add(tf.mul(x, cos), tf.mul(turned, sin));
}

/** Cosines and sines of all positions met so far, on the host: a row has those of a key head's queries and its keys. */
export class RotaryTable {
  private length = 0;
  private cos = new Float32Array(0);
  private sin = new Float32Array(0);

  /** @param group query heads to a key head */
  constructor(
    private readonly headDim: number,
    private readonly theta: number,
    private readonly group: number,
  ) {}

  /** Rotation of rows that hold `group` query heads, which get the score's 1 / √headDim as well, and a key head. */
  at(positions: Int32Array): Rotation {
    this.reach(positions.reduce((a, b) => Math.max(a, b), 0) + 1);
    return { cos: this.rows(this.cos, positions), sin: this.rows(this.sin, positions), quarter: this.quarter() };
  }

  private rows(table: Float32Array, positions: Int32Array): tf.Tensor3D {
    const width = (this.group + 1) * this.headDim;
    const out = new Float32Array(positions.length * width);
    positions.forEach((position, n) => out.set(table.subarray(position * width, (position + 1) * width), n * width));
    return tf.tensor3d(out, [1, positions.length, width]);
  }

  private quarter(): tf.Tensor2D {
    const { headDim } = this;
    const half = headDim / 2;
    const matrix = new Float32Array(headDim * headDim);
    for (let i = 0; i < half; i++) {
      matrix[(i + half) * headDim + i] = -1;
      matrix[i * headDim + i + half] = 1;
    }
    return tf.tensor2d(matrix, [headDim, headDim]);
  }

  /** Grows the tables to `length` positions or more. */
  private reach(length: number): void {
    if (length <= this.length) return;
    const { headDim, theta, group } = this;
    const [half, width] = [headDim / 2, (group + 1) * headDim];
    this.length = Math.max(length, 2 * this.length, 64);
    this.cos = new Float32Array(this.length * width);
    this.sin = new Float32Array(this.length * width);
    for (let position = 0; position < this.length; position++) {
      for (let i = 0; i < width; i++) {
        const angle = position * theta ** ((-2 * (i % half)) / headDim);
        const scale = i < group * headDim ? 1 / Math.sqrt(headDim) : 1;
        this.cos[position * width + i] = scale * Math.cos(angle);
        this.sin[position * width + i] = scale * Math.sin(angle);
      }
    }
  }
}
