import { tf } from '@dapo/core';
import { expect, test } from 'vitest';

test('a device that fails stops the next read with a named error, and every one after it', async () => {
  const { device } = tf.backend() as unknown as {
    readonly device: { createShaderModule(of: object): object };
  };
  device.createShaderModule({ code: 'not a shader' });
  const x = tf.scalar(2);
  const doubled = tf.mul(x, 2);
  const failed = { code: 'DAPO_BACKEND_DEVICE' };
  await expect(doubled.data()).rejects.toMatchObject(failed);
  // Of another tensor: a read that didn't look first would be waited for without end.
  await expect(tf.backend().read(tf.square(x).dataId)).rejects.toMatchObject(failed);
  tf.dispose([x, doubled]);
});
