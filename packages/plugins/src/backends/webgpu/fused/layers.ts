import type { tf } from '@dapo/core';
import { rowsOf, type Tensors } from '../../kernels/tensors.js';
import type { Shaders } from '../shaders.js';

/** RMS norms, SwiGLU and rotary positions in one dispatch or two each, where the generic forms take 5 to 14. */
export function layerKernels(shaders: Shaders): Record<string, tf.KernelFunc> {
  /** x → [x / √(mean x² + ε), 1 / √…] */
  const rmsNorm: tf.KernelFunc = ({ inputs, attrs }) => {
    const { x } = inputs as Tensors<'x'>;
    const width = x.shape.at(-1)!;
    const scales = shaders.eachRow(
      {
        name: 'rms-norm-scales',
        inputs: { x },
        shape: x.shape.slice(0, -1),
        floats: { epsilon: Number(attrs?.['epsilon']) },
        integers: { width },
        code: `
          var squares = 0.0;
          for (var c = lane; c < uniforms.width; c += GROUP) { let v = x[row * uniforms.width + c]; squares += v * v; }
          let mean = total(squares) / f32(uniforms.width);
          if (lane == 0) { result[row] = 1.0 / sqrt(mean + uniforms.epsilon); }`,
      },
      rowsOf(x),
    );
    const code = 'result[i] = x[i] * scales[i / uniforms.width];';
    return [
      shaders.each({ name: 'rms-norm', inputs: { x, scales }, shape: x.shape, integers: { width }, code }),
      scales,
    ];
  };

  /** (dy − unit · mean(dy · unit)) · scale */
  const rmsNormBackward: tf.KernelFunc = ({ inputs }) => {
    const { unit, scales, dy } = inputs as Tensors<'unit' | 'scales' | 'dy'>;
    return shaders.eachRow(
      {
        name: 'rms-norm-backward',
        inputs: { unit, scales, dy },
        shape: unit.shape,
        integers: { width: unit.shape.at(-1)! },
        code: `
          let start = row * uniforms.width;
          var along = 0.0;
          for (var c = lane; c < uniforms.width; c += GROUP) { along += dy[start + c] * unit[start + c]; }
          let mean = total(along) / f32(uniforms.width);
          for (var c = lane; c < uniforms.width; c += GROUP) {
            result[start + c] = (dy[start + c] - unit[start + c] * mean) * scales[row];
          }`,
      },
      rowsOf(unit),
    );
  };

  const swiGlu: tf.KernelFunc = ({ inputs }) => {
    const { gate, up } = inputs as Tensors<'gate' | 'up'>;
    const code = 'result[i] = gate[i] / (1.0 + exp(-gate[i])) * up[i];';
    return shaders.each({ name: 'swi-glu', inputs: { gate, up }, shape: gate.shape, code });
  };

  /** Of gate dy · up · (σ + silu · (1 − σ)), of up dy · silu. */
  const swiGluBackward: tf.KernelFunc = ({ inputs }) => {
    const { gate, up, dy } = inputs as Tensors<'gate' | 'up' | 'dy'>;
    const parts = 'let open = 1.0 / (1.0 + exp(-gate[i])); let silu = gate[i] * open;';
    const shape = gate.shape;
    return [
      shaders.each({
        name: 'swi-glu-gate',
        inputs: { gate, up, dy },
        shape,
        code: `${parts} result[i] = dy[i] * up[i] * (open + silu - silu * open);`,
      }),
      shaders.each({ name: 'swi-glu-up', inputs: { gate, dy }, shape, code: `${parts} result[i] = dy[i] * silu;` }),
    ];
  };

  /** x [tokens, keyHeads · (turned + 1) · headDim]; cos and sin [tokens, turned · headDim]. */
  const rotate: tf.KernelFunc = ({ inputs, attrs }) => {
    const { x, cos, sin } = inputs as Tensors<'x' | 'cos' | 'sin'>;
    const { turned, headDim, direction } = attrs as unknown as Record<'turned' | 'headDim' | 'direction', number>;
    return shaders.each({
      name: 'rotate',
      inputs: { x, cosines: cos, sines: sin },
      shape: x.shape,
      floats: { direction },
      integers: { width: x.shape[1]!, turned, headDim },
      code: `
        let token = i / uniforms.width;
        let column = (i - token * uniforms.width) % ((uniforms.turned + 1) * uniforms.headDim);
        let width = uniforms.turned * uniforms.headDim;
        if (column >= width) { result[i] = x[i]; return; }
        let half = uniforms.headDim / 2;
        var partner = 0.0;
        if (column % uniforms.headDim < half) { partner = -x[i + half]; } else { partner = x[i - half]; }
        let at = token * width + column;
        result[i] = x[i] * cosines[at] + uniforms.direction * partner * sines[at];`,
    });
  };

  return {
    DapoRmsNorm: rmsNorm,
    DapoRmsNormBackward: rmsNormBackward,
    DapoSwiGlu: swiGlu,
    DapoSwiGluBackward: swiGluBackward,
    DapoRotate: rotate,
  };
}
