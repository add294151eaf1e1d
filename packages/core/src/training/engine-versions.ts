import { tf } from '../tensors/tf.js';

/** Version of @dapo/core; a test holds it equal to package.json. */
export const engineVersion = '0.1.0';

/** What computed a run, for its manifest. */
export function engineVersions(): Record<string, string> {
  return { '@dapo/core': engineVersion, '@tensorflow/tfjs': tf.version['tfjs'] ?? 'unknown' };
}
