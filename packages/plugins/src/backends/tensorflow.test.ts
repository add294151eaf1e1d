import { expect, test } from 'vitest';
import plugin from './tensorflow.js';

test('without the optional package it says why, and what to do', async () => {
  const backend = await plugin.create({}, {});
  const availability = await backend.available();
  if (availability.ok) {
    expect(await backend.start()).toMatchObject({ backend: 'tensorflow' });
    return;
  }
  expect(availability).toEqual({
    ok: false,
    reason: '@tensorflow/tfjs-node-gpu is not installed.',
    remedy: 'npm install @tensorflow/tfjs-node-gpu@4.22.0',
  });
  await expect(backend.start()).rejects.toMatchObject({
    code: 'DAPO_BACKEND_START',
    hint: 'npm install @tensorflow/tfjs-node-gpu@4.22.0',
  });
});
