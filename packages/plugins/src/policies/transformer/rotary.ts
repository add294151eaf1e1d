import { tf } from '@dapo/core';

/** Rotary position embedding of some positions N, for queries and keys laid out as [heads, N, width]. */
export interface Rotation {
  /** Cosines and sines of the queries, the score's 1 / √headDim in them [1, N, group · headDim]. */
  readonly queries: Turn;
  /** Cosines and sines of the keys [1, N, headDim]. */
  readonly keys: Turn;
}

export interface Turn {
  readonly cos: tf.Tensor3D;
  readonly sin: tf.Tensor3D;
  /** x · quarter = (−x₂, x₁), x₁ and x₂ the halves of a head [headDim, headDim]. */
  readonly quarter: tf.Tensor2D;
}

/**
 * Turns each pair (x_i, x_{i + d/2}) of a head by its position times θ^(−2i/d) (RoPE, arXiv 2104.09864, in the order
 * of Hugging Face's Llama): x · cos + (−x₂, x₁) · sin. The exchange of the halves is a product with a matrix of zeros
 * and ones: exact, and much faster than slicing and joining rows of a few numbers.
 *
 * @param x [heads, N, width], width a multiple of headDim
 */
export function rotate(x: tf.Tensor3D, { cos, sin, quarter }: Turn): tf.Tensor3D {
  const turned = tf.reshape(tf.matMul(tf.reshape(x, [-1, quarter.shape[0]]), quarter), x.shape);
  return tf.add(tf.mul(x, cos), tf.mul(turned, sin));
}

/** Cosines and sines of all positions met so far, on the host. */
export class RotaryTable {
  private length = 0;
  private cos = new Float32Array(0);
  private sin = new Float32Array(0);

  constructor(
    private readonly headDim: number,
    private readonly theta: number,
  ) {}

  /** @param group query heads to a key head */
  at(positions: Int32Array, group: number): Rotation {
    this.reach(positions.reduce((a, b) => Math.max(a, b), 0) + 1);
    const quarter = this.quarter();
    const turn = (heads: number, scale: number): Turn => ({
      cos: this.rows(this.cos, positions, heads, scale),
      sin: this.rows(this.sin, positions, heads, scale),
      quarter,
    });
    return { queries: turn(group, 1 / Math.sqrt(this.headDim)), keys: turn(1, 1) };
  }

  private rows(table: Float32Array, positions: Int32Array, heads: number, scale: number): tf.Tensor3D {
    const { headDim } = this;
    const out = new Float32Array(positions.length * heads * headDim);
    positions.forEach((position, n) => {
      for (let i = 0; i < headDim; i++) {
        const value = table[position * headDim + i]! * scale;
        for (let head = 0; head < heads; head++) out[(n * heads + head) * headDim + i] = value;
      }
    });
    return tf.tensor3d(out, [1, positions.length, heads * headDim]);
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
    const { headDim, theta } = this;
    const half = headDim / 2;
    this.length = Math.max(length, 2 * this.length, 64);
    this.cos = new Float32Array(this.length * headDim);
    this.sin = new Float32Array(this.length * headDim);
    for (let position = 0; position < this.length; position++) {
      for (let i = 0; i < headDim; i++) {
        const angle = position * theta ** ((-2 * (i % half)) / headDim);
        this.cos[position * headDim + i] = Math.cos(angle);
        this.sin[position * headDim + i] = Math.sin(angle);
      }
    }
  }
}
