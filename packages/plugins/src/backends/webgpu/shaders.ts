import type { tf } from '@dapo/core';
import { sizeOf } from '../kernels/tensors.js';
import type { WebGpuBackend } from './device.js';

/** A kernel in WGSL with one result. */
export interface Shader {
  /** One a source: the compiled pipeline is kept under it. */
  readonly name: string;
  /** Arrays of the shader, by name. */
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  /** Of the result. */
  readonly shape: readonly number[];
  /** Constants that don't change the source, read as `uniforms.NAME`. */
  readonly floats?: Readonly<Record<string, number>>;
  readonly integers?: Readonly<Record<string, number>>;
  /** Functions that `code` calls. */
  readonly functions?: string;
  readonly code: string;
}

const GROUP = 64;

/** Runs shaders of our own in TensorFlow.js's queue, beside its kernels. */
export class Shaders {
  constructor(private readonly backend: WebGpuBackend) {}

  /**
   * One invocation for each of `count` numbers, `i`, by default those of the result.
   *
   * @param into a tensor of the shape that is written to where it lies; it can't be an input as well
   */
  each(shader: Shader, count = sizeOf(shader.shape), into?: tf.TensorInfo): tf.TensorInfo {
    const code = `fn main(i : i32) { if (i >= uniforms.count) { return; } ${shader.code} }`;
    return this.run({ ...shader, integers: { ...shader.integers, count }, code }, Math.ceil(count / GROUP), into);
  }

  /** A tensor of a shape, with whatever lay there before. */
  allocate(shape: readonly number[]): tf.TensorInfo {
    return this.backend.makeTensorInfo([...shape], 'float32');
  }

  /**
   * A workgroup for each row. Its invocations, `lane` of `GROUP`, come together in `total(x)` and `largest(x)`, which all
   * must call. Beyond the last row it is computed again: a barrier may not lie behind a condition.
   */
  eachRow(shader: Shader, rows: number): tf.TensorInfo {
    const functions = `
      const GROUP = ${GROUP};
      var<workgroup> sums : array<f32, GROUP>;
      ${reduction('total', 'sums[lane] + sums[lane + half]')}
      ${reduction('largest', 'max(sums[lane], sums[lane + half])')}
      ${shader.functions ?? ''}`;
    const code = `fn main(i : i32) { let lane = i32(localIndex); let row = min(i / GROUP, uniforms.rows - 1); ${shader.code} }`;
    return this.run({ ...shader, integers: { ...shader.integers, rows }, functions, code }, rows);
  }

  private run(
    { name, inputs, shape, floats = {}, integers = {}, functions = '', code }: Shader,
    groups: number,
    into?: tf.TensorInfo,
  ): tf.TensorInfo {
    const declared = [
      ...Object.keys(floats).map((key) => `${key} : f32`),
      ...Object.keys(integers).map((key) => `${key} : i32`),
    ];
    const program = {
      variableNames: Object.keys(inputs),
      outputShape: [...shape],
      workgroupSize: [GROUP, 1, 1] as const,
      dispatchLayout: { x: shape.map((_, axis) => axis) },
      dispatch: [groups, 1, 1] as const,
      shaderKey: `dapo-${name}`,
      uniforms: declared.map((one) => `${one}, `).join(''),
      getUserCode: () => `${functions}\n${code}`,
    };
    const values = [
      ...Object.values(floats).map((value) => ({ type: 'float32' as const, data: [value] })),
      ...Object.values(integers).map((value) => ({ type: 'int32' as const, data: [value] })),
    ];
    return this.backend.runWebGPUProgram(program, Object.values(inputs), 'float32', values, into);
  }
}

function reduction(name: string, joined: string): string {
  return `
    fn ${name}(x : f32) -> f32 {
      let lane = i32(localIndex);
      workgroupBarrier();
      sums[lane] = x;
      for (var half = GROUP / 2; half > 0; half = half / 2) {
        workgroupBarrier();
        if (lane < half) { sums[lane] = ${joined}; }
      }
      workgroupBarrier();
      return sums[0];
    }`;
}
