import { expect, test } from 'vitest';
import plugin from './webgpu.js';

test('without an adapter it says why, and what to do; with one it is named', async () => {
  const backend = await plugin.create({ adapter: 'default', power: 'high-performance' }, {});
  const availability = await backend.available();
  if (availability.ok) {
    expect(availability.detail).not.toBe('');
    return;
  }
  expect(availability.reason).toMatch(/^WebGPU found no adapter|is not installed\.$/);
  expect(availability.remedy).toMatch(/VK_ICD_FILENAMES|npm install/);
  await expect(backend.start()).rejects.toMatchObject({ code: 'DAPO_BACKEND_START', hint: availability.remedy });
});
