import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

export const PACKAGE = '@tensorflow/tfjs-node-gpu';

const INSTALL = 'dapo backend install tensorflow';

/** Why TensorFlow can't be had, a whole sentence, and what to do. */
export interface Missing {
  readonly reason: string;
  readonly remedy: string;
}

export const notInstalled: Missing = { reason: `${PACKAGE} is not installed.`, remedy: INSTALL };

/**
 * Tells apart why an installed package has no binary, by what its install script leaves: it makes `deps` first, unpacks
 * libtensorflow into it, and fetches or builds the binding into `lib` last.
 *
 * @param folder of the package
 * @returns undefined: it is whole
 */
export function missingIn(folder: string): Missing | undefined {
  if (existsSync(path.join(folder, 'lib')) && bindingIn(path.join(folder, 'lib'))) return undefined;
  if (!existsSync(path.join(folder, 'deps'))) {
    return {
      reason:
        `${PACKAGE} is installed without its binary: its install script was not run ` +
        '(npm 12 runs those alone that the project lists in allowScripts).',
      remedy: INSTALL,
    };
  }
  if (!namesIn(path.join(folder, 'deps/lib')).some((name) => /tensorflow/.test(name))) {
    return {
      reason: `${PACKAGE} is installed without TensorFlow: its download was refused or broke off.`,
      remedy: `${INSTALL} --from python, after: pip install tensorflow-cpu`,
    };
  }
  return { reason: `${PACKAGE} has TensorFlow, but not the binding to it: that was not built.`, remedy: INSTALL };
}

function bindingIn(lib: string): boolean {
  return namesIn(lib).some((name) => existsSync(path.join(lib, name, 'tfjs_binding.node')));
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** Libraries of NVIDIA that a build for CUDA is linked to. */
const CUDA = /lib(?:cuda|cudart|cublas|cublasLt|cudnn|cufft|curand|cusolver|cusparse|cupti|nccl|nvinfer|nvrtc)[\w.-]*/;

/** What a binary that can't be loaded is short of; `message` is the loader's. */
export function whyNotLoaded(message: string): Missing {
  const first = message.split('\n')[0]!;
  const cuda = CUDA.exec(first)?.[0];
  if (cuda !== undefined) {
    return {
      reason: `${PACKAGE} can't be loaded: CUDA is missing, its library ${cuda} was not found.`,
      remedy: `install CUDA, or take one that brings it: pip install tensorflow[and-cuda]; ${INSTALL} --from python`,
    };
  }
  if (/libtensorflow\w*\.so/.test(first)) {
    return {
      reason: `${PACKAGE} can't be loaded: the libtensorflow that it was built against is gone: ${first}`,
      remedy: INSTALL,
    };
  }
  return {
    reason: `${PACKAGE} is installed but can't be loaded: ${first}`,
    remedy: `${INSTALL}, or use the backend wasm`,
  };
}

/** True where the driver of an NVIDIA GPU runs. */
export function hasNvidiaGpu(): boolean {
  return existsSync('/proc/driver/nvidia/version');
}

/** What a TensorFlow that works computes on. */
export function describeDevice(version: string, gpu: boolean, nvidia: boolean): string {
  if (gpu) return `TensorFlow ${version} on the GPU`;
  if (!nvidia) return `TensorFlow ${version} on the CPU`;
  return (
    `TensorFlow ${version} on the CPU: there is an NVIDIA GPU, but CUDA is missing or this TensorFlow is built without ` +
    `(pip install tensorflow[and-cuda]; ${INSTALL} --from python)`
  );
}
