import { definePlugin, tf, z, type OptionsOf } from '@dapo/core';

const options = z.strictObject({
  debug: z.boolean().default(false).describe('look for NaN after every operation; very slow'),
});

/** The plain JavaScript backend of TensorFlow.js. Another one is imported first: `await import('@tensorflow/tfjs-…')`. */
export default definePlugin({
  kind: 'backend',
  name: 'my-backend',
  summary: 'TensorFlow.js in plain JavaScript: slow, everywhere, and the same bits on every machine.',
  source: { title: 'TensorFlow.js', url: 'https://www.tensorflow.org/js' },
  departures: 'none',
  options,
  create: ({ debug }) => ({
    name: 'cpu',
    deterministic: true,
    available: async () => ({ ok: true, detail: 'always there' }),
    async start() {
      await tf.setBackend('cpu');
      tf.env().set('DEBUG', debug);
      return { backend: 'cpu', version: tf.version_core, debug };
    },
  }),
});

/** With `plugins: ['./plugins/my-backend.ts']` in a config, `use: 'my-backend'` completes there and its options are checked. */
declare module '@dapo/core' {
  interface PluginCatalogue {
    'my-backend': { backend: { 'my-backend': OptionsOf<(typeof import('./my-backend.js'))['default']> } };
  }
}
