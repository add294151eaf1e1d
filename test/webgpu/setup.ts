import { beforeEach } from 'vitest';
import { registerZeroGradients } from '@dapo/core';
import { instantiate } from '@dapo/core/testing';
import webgpu from '../../packages/plugins/src/backends/webgpu.js';

const backend = await instantiate(webgpu);
const availability = await backend.available();

if (availability.ok) {
  console.log(`webgpu: ${availability.detail}`);
  registerZeroGradients();
  await backend.start();
} else {
  // Hooks of a suite run all the same: they take the backend that is always there.
  process.env['GOLDEN_BACKEND'] = 'cpu';
  beforeEach(({ skip }) => skip(`${availability.reason} ${availability.remedy}`));
}
