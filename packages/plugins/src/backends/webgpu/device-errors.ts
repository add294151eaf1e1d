import { deviceFailed } from '../../backend-errors.js';
import type { GpuDevice, WebGpuBackend } from './device.js';

/**
 * A GPU tells of a lost device, of memory that it has not got and of a shader that it refuses beside the call, which
 * goes on with zeros. From then on every read throws, so that no step is taken on such numbers.
 */
export function watchDevice(backend: WebGpuBackend, device: GpuDevice): void {
  let failure: string | undefined;
  const fail = (message: string): void => {
    failure ??= message;
  };
  device.addEventListener('uncapturederror', ({ error }) => fail(error.message));
  void device.lost.then(({ message }) => fail(message || 'the device is lost'));
  const read = backend.read.bind(backend);
  backend.read = async (dataId) => {
    const throwIfFailed = (): void => {
      if (failure !== undefined) throw deviceFailed(failure);
    };
    // A read of a device that has failed may never end.
    throwIfFailed();
    try {
      const values = await read(dataId);
      throwIfFailed();
      return values;
    } catch (error) {
      throwIfFailed();
      throw error;
    }
  };
}
