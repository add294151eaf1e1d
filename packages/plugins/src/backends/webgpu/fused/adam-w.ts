import type { tf } from '@dapo/core';
import type { Tensors } from '../../kernels/tensors.js';
import type { Shaders } from '../shaders.js';

const MOMENT_CONSTANTS = ['clip', 'beta1', 'beta2', 'rest1', 'rest2'] as const;

/** One step of AdamW on one parameter, three dispatches; inputs, attributes and results are those of the wasm kernel. */
export function adamWKernel(shaders: Shaders): tf.KernelFunc {
  return ({ inputs, attrs }) => {
    const { parameter, gradient, first, second } = inputs as Tensors<'parameter' | 'gradient' | 'first' | 'second'>;
    const constants = (names: readonly string[]): Record<string, number> =>
      Object.fromEntries(names.map((name) => [name, Number(attrs?.[name])]));
    const { shape } = parameter;
    const floats = constants(MOMENT_CONSTANTS);
    const clipped = 'let g = gradient[i] * uniforms.clip;';
    const newFirst = shaders.each({
      name: 'adam-w-first',
      inputs: { gradient, first },
      shape,
      floats,
      code: `${clipped} result[i] = uniforms.beta1 * first[i] + uniforms.rest1 * g;`,
    });
    const newSecond = shaders.each({
      name: 'adam-w-second',
      inputs: { gradient, second },
      shape,
      floats,
      code: `${clipped} result[i] = uniforms.beta2 * second[i] + uniforms.rest2 * g * g;`,
    });
    const newParameter = shaders.each({
      name: 'adam-w-parameter',
      inputs: { parameter, first: newFirst, second: newSecond },
      shape,
      floats: constants(['eps', 'rate', 'keep']),
      code: 'result[i] = uniforms.keep * parameter[i] - uniforms.rate * (first[i] / (sqrt(second[i]) + uniforms.eps));',
    });
    return [newParameter, newFirst, newSecond];
  };
}
