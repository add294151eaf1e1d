import type { tf } from '@dapo/core';

/**
 * What is used here of WebGPU and of the backend of TensorFlow.js. Declared, since their packages are optional: the
 * types of this one must not ask for theirs.
 */
export interface Gpu {
  requestAdapter(wanted: {
    readonly powerPreference?: string;
    readonly forceFallbackAdapter?: boolean;
  }): Promise<GpuAdapter | null>;
}

export interface GpuAdapter {
  readonly features: { has(feature: string): boolean };
  readonly limits: Readonly<Record<string, number>>;
  readonly info: GpuAdapterInfo;
  requestDevice(descriptor: object): Promise<GpuDevice>;
}

export interface GpuAdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
}

export interface GpuDevice {
  /** Resolves once the device is gone: its driver failed, or it was destroyed. */
  readonly lost: Promise<{ readonly reason?: string; readonly message: string }>;
  addEventListener(
    type: 'uncapturederror',
    listener: (event: { readonly error: { readonly message: string } }) => void,
  ): void;
}

export interface WebGpuBackend {
  read(dataId: object): Promise<unknown>;
  /** Runs a shader; its result is a new tensor, or the one given. An empty one isn't run. */
  runWebGPUProgram(
    program: WebGpuProgram,
    inputs: tf.TensorInfo[],
    dtype: tf.DataType,
    uniforms: readonly WebGpuUniform[],
    output?: tf.TensorInfo,
  ): tf.TensorInfo;
  makeTensorInfo(shape: number[], dtype: tf.DataType): tf.TensorInfo;
}

export interface WebGpuProgram {
  readonly variableNames: readonly string[];
  readonly outputShape: number[];
  readonly workgroupSize: readonly [number, number, number];
  readonly dispatchLayout: { readonly x: readonly number[] };
  readonly dispatch: readonly [number, number, number];
  readonly shaderKey: string;
  readonly uniforms: string;
  getUserCode(): string;
}

export interface WebGpuUniform {
  readonly type: 'float32' | 'int32';
  readonly data: number[];
}
