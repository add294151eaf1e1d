import type { tf } from '@dapo/core';
import type { CompiledModule } from './modules.js';
import { Pool } from './pool.js';

export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
}

/** What the kernels use of TensorFlow.js's wasm backend. */
export interface WasmBackend {
  readonly wasm: {
    /** Address of so many fresh bytes; 0 where there are none left. */
    _malloc(bytes: number): number;
    _free(address: number): void;
    /** The plain build makes its memory and exports it. */
    readonly asm: { readonly memory?: WasmMemory };
    /** The threaded build is given its own. */
    readonly wasmMemory?: WasmMemory;
  };
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
  disposeData(dataId: object): boolean;
  incRef(dataId: object): void;
}

/** A tensor just made, and where its values lie. */
export interface Output {
  readonly info: tf.TensorInfo;
  readonly address: number;
}

/**
 * The memory of TensorFlow.js's wasm backend, which our kernels share: they read and write tensors where these lie.
 * Everything is passed by address. A view of the memory is taken anew for each use (`float32`, `int32`, `bool`), since any
 * allocation may grow the memory, and growing leaves older views empty.
 */
export class Heap {
  readonly memory: WasmMemory;
  /** What computes, alone or on several threads. */
  readonly pool: Pool;
  /** Outputs of the kernel that runs. */
  private made: tf.TensorInfo[] = [];

  /** @param modules those whose functions the pool runs */
  constructor(
    readonly backend: WasmBackend,
    modules: (memory: WasmMemory) => readonly CompiledModule[] = () => [],
  ) {
    this.memory = memoryOf(backend);
    this.pool = new Pool(this.memory, modules(this.memory), {
      allocate: (bytes) => this.scratch(bytes),
      free: (address) => backend.wasm._free(address),
    });
  }

  /** Where a tensor's values lie, in bytes. */
  address(tensor: tf.TensorInfo): number {
    return this.backend.dataIdMap.get(tensor.dataId).memoryOffset;
  }

  /** A new tensor; its values are whatever lay there before. */
  output(shape: readonly number[], dtype: tf.DataType): Output {
    const info = this.backend.makeOutput([...shape], dtype);
    this.made.push(info);
    return { info, address: this.address(info) };
  }

  /** A kernel that finds no room on its way gives back what it has made by then: nobody else knows of that. */
  givingBack(kernel: tf.KernelFunc): tf.KernelFunc {
    return (params) => {
      this.made = [];
      try {
        return kernel(params);
      } catch (error) {
        for (const { dataId } of this.made) this.backend.disposeData(dataId);
        throw error;
      }
    };
  }

  /** The same values under another shape, without a copy. */
  alias(tensor: tf.TensorInfo, shape: readonly number[]): tf.TensorInfo {
    this.backend.incRef(tensor.dataId);
    return { dataId: tensor.dataId, shape: [...shape], dtype: tensor.dtype };
  }

  /** Memory for a kernel's own use, for as long as the backend lives. */
  scratch(bytes: number): number {
    return this.backend.wasm._malloc(bytes) >>> 0;
  }

  int32(address: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length);
  }

  float32(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }

  bool(address: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, length);
  }
}

export function memoryOf({ wasm }: WasmBackend): WasmMemory {
  return (wasm.wasmMemory ?? wasm.asm.memory)!;
}
