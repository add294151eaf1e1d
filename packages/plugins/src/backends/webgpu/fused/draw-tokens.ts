import type { tf } from '@dapo/core';
import type { Shaders } from '../shaders.js';

/**
 * logits [N, V], uniforms [N] → [N, 3]: token, its logit less the largest, Σ e^(logit − largest). The token is the first at
 * which the sum over tokens of weight > 0 reaches the draw; all sums are made in one order, so that it always does.
 */
export function drawTokensKernel(shaders: Shaders): tf.KernelFunc {
  return ({ inputs }) => {
    const { logits, uniforms } = inputs as Readonly<Record<'logits' | 'uniforms', tf.TensorInfo>>;
    const [rows, width] = logits.shape as [number, number];
    return shaders.eachRow(
      {
        name: 'draw-tokens',
        inputs: { logits, chances: uniforms },
        shape: [rows, 3],
        integers: { width },
        functions: 'var<workgroup> weights : array<f32, GROUP>;',
        // Each invocation adds up a stretch of the row; one adds up the stretches, looks for that which the draw falls in, and
        // in it for the token.
        code: `
          let start = row * uniforms.width;
          let length = (uniforms.width + GROUP - 1) / GROUP;
          let begin = min(lane * length, uniforms.width);
          let end = min(begin + length, uniforms.width);
          var high = -3.402823e38;
          for (var c = begin; c < end; c++) { high = max(high, logits[start + c]); }
          high = largest(high);
          var weight = 0.0;
          for (var c = begin; c < end; c++) { weight += exp(logits[start + c] - high); }
          weights[lane] = weight;
          workgroupBarrier();
          if (lane == 0) {
            var sum = 0.0;
            for (var s = 0; s < GROUP; s++) { sum += weights[s]; }
            let draw = chances[row] * sum;
            var before = 0.0;
            var stretch = 0;
            for (var s = 0; s < GROUP; s++) {
              if (weights[s] == 0.0) { continue; }
              stretch = s;
              if (before + weights[s] >= draw) { break; }
              before += weights[s];
            }
            let first = stretch * length;
            let past = min(first + length, uniforms.width);
            var token = first;
            var within = 0.0;
            for (var c = first; c < past; c++) {
              let own = exp(logits[start + c] - high);
              if (own == 0.0) { continue; }
              token = c;
              within += own;
              if (before + within >= draw) { break; }
            }
            result[row * 3] = f32(token);
            result[row * 3 + 1] = logits[start + token] - high;
            result[row * 3 + 2] = sum;
          }`,
      },
      rows,
    );
  };
}
