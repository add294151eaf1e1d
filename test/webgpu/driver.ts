import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where packages of Chromium put a Vulkan loader and SwiftShader, a Vulkan driver in software. */
const FOLDERS = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];

/**
 * What the environment of a process needs for WebGPU in software: nothing where it names a driver already, or where no
 * Chromium is. A loader finds libraries by the environment that the process began with.
 *
 * With `DAPO_TEST_GPU=1` the tests run on the GPU of the machine instead.
 */
export function driverEnvironment(): Record<string, string> {
  if (process.env['VK_ICD_FILENAMES'] || process.env['DAPO_TEST_GPU']) return {};
  const folder = FOLDERS.find((place) => existsSync(join(place, 'vk_swiftshader_icd.json')));
  if (folder === undefined) return {};
  const before = process.env['LD_LIBRARY_PATH'];
  return {
    VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json'),
    LD_LIBRARY_PATH: [before, folder].filter(Boolean).join(':'),
  };
}
