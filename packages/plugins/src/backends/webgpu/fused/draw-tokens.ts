import type { tf } from '@dapo/core';
import type { Shaders } from '../shaders.js';

/** logits [N, V], uniforms [N] → [N, 3]: token, its logit less the largest, Σ e^(logit − largest). */
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
        // Each invocation adds up a stretch of the row; one looks for the stretch that the draw falls in, and in it the token.
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
          let sum = total(weight);
          if (lane == 0) {
            var left = chances[row] * sum;
            var stretch = 0;
            while (stretch < GROUP - 1 && left > weights[stretch]) { left -= weights[stretch]; stretch++; }
            var token = min(stretch * length, uniforms.width - 1);
            let last = min(token + length, uniforms.width) - 1;
            left -= exp(logits[start + token] - high);
            while (token < last && left > 0.0) { token++; left -= exp(logits[start + token] - high); }
            result[row * 3] = f32(token);
            result[row * 3 + 1] = logits[start + token] - high;
            result[row * 3 + 2] = sum;
          }`,
      },
      rows,
    );
  };
}
