import type { tf } from '@dapo/core';
import type { Shaders } from '../shaders.js';

const MOMENT_CONSTANTS = ['clip', 'beta1', 'beta2', 'rest1', 'rest2'] as const;

/** One step of AdamW on all parameters, three dispatches each; inputs, attributes and results are those of the wasm kernel. */
export function adamWKernel(shaders: Shaders): tf.KernelFunc {
  return ({ inputs, attrs }) => {
    const tensors = inputs as Readonly<Record<string, tf.TensorInfo>>;
    const constants = (names: readonly string[]): Record<string, number> => Object.fromEntries(names.map((name) => [name, Number(attrs?.[name])]));
    return (attrs?.['keep'] as unknown as readonly number[]).flatMap((keep, i) => {
      const [parameter, gradient, first, second] = ['p', 'g', 'm', 'v'].map((letter) => tensors[`${letter}${i}`]!) as [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo, tf.TensorInfo];
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
        floats: { ...constants(['eps', 'rate']), keep },
        code: 'result[i] = uniforms.keep * parameter[i] - uniforms.rate * (first[i] / (sqrt(second[i]) + uniforms.eps));',
      });
      return [newParameter, newFirst, newSecond];
    });
  };
}
