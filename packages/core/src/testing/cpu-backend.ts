import { definePlugin } from '../plugin/define-plugin.js';
import { tf } from '../tensors/tf.js';

/** TensorFlow.js's plain JavaScript backend: slow, everywhere, and the same bits on every machine. */
export const cpuBackend = definePlugin({
  kind: 'backend',
  name: 'cpu',
  summary: "TensorFlow.js's plain JavaScript backend, for tests.",
  create: () => ({
    name: 'cpu',
    deterministic: true,
    available: async () => ({ ok: true, detail: 'always' }),
    start: async () => {
      await tf.setBackend('cpu');
      return {};
    },
  }),
});
