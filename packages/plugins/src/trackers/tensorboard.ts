import { definePlugin, type RunFolder, tokens, type Tracker, z } from '@dapo/core';
import { scalarsEvent, tfRecord, versionEvent } from './tensorboard/event.js';

const options = z.strictObject({
  file: z
    .string()
    .regex(/tfevents/, 'a name with «tfevents» in it, which TensorBoard looks for')
    .default('tensorboard/events.out.tfevents.dapo')
    .describe('name of the file within the run folder'),
});

function createTracker(file: string, runFolder: RunFolder): Tracker {
  let begun = false;
  const now = (): number => Date.now() / 1000;
  return {
    async track({ step, metrics }) {
      if (!begun) await runFolder.write(file, tfRecord(versionEvent(now())));
      begun = true;
      if (Object.keys(metrics).length > 0) await runFolder.append(file, tfRecord(scalarsEvent(now(), step, metrics)));
    },
    state: async () => ({ json: { bytes: begun ? await runFolder.size(file) : 0 } }),
    // A run that goes on from a checkpoint does the steps after it again: their old events would stand twice.
    restore: async ({ json }) => {
      const { bytes } = json as { readonly bytes: number };
      begun = bytes > 0 && (await runFolder.size(file)) >= bytes;
      if (begun) await runFolder.truncate(file, bytes);
    },
  };
}

export default definePlugin({
  kind: 'tracker',
  name: 'tensorboard',
  summary: 'Writes every metric into an event file that TensorBoard shows: tensorboard --logdir runs.',
  source: {
    title: 'TensorFlow, event.proto and TFRecord',
    url: 'https://www.tensorflow.org/tutorials/load_data/tfrecord',
  },
  departures: 'scalars only, in one file; messages of guards are in the other trackers',
  alsoKnownAs: ['TensorBoard', 'tfevents'],
  options,
  inject: { runFolder: tokens.runFolder },
  create: ({ file }, { runFolder }) => createTracker(file, runFolder),
});
