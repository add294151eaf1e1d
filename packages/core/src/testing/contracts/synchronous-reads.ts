import { tf } from '../../tensors/tf.js';

/**
 * How many times a function reads a tensor synchronously: dataSync, arraySync, print and toString come down
 * to it.
 */
export async function watchSynchronousReads(run: () => Promise<unknown>): Promise<number> {
  const engine = tf.engine() as { readSync(dataId: object): tf.BackendValues };
  const readSync = engine.readSync.bind(engine);
  let reads = 0;
  engine.readSync = (dataId) => {
    reads += 1;
    return readSync(dataId);
  };
  try {
    await run();
  } finally {
    Reflect.deleteProperty(engine, 'readSync');
  }
  return reads;
}
