import { beforeEach } from 'vitest';
import { instantiate } from '@dapo/core/testing';
import webgpu from '../../packages/plugins/src/backends/webgpu.js';

const availability = await (await instantiate(webgpu)).available();

if (availability.ok) console.log(`webgpu: ${availability.detail}`);
else {
  // Hooks of a suite run all the same: they take the backend that is always there.
  process.env['GOLDEN_BACKEND'] = 'cpu';
  beforeEach(({ skip }) => skip(`${availability.reason} ${availability.remedy}`));
}
