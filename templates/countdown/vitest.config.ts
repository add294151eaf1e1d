import { defineConfig } from 'vitest/config';

/** Without a file of its own, vitest takes that of a folder above. */
export default defineConfig({
  test: {
    include: ['plugins/**/*.test.ts'],
    onConsoleLog: (log) => !log.includes('looks like you are running TensorFlow.js'),
  },
});
