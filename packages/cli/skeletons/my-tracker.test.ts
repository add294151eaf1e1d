import { describeContract, instantiate } from '@dapo/core/testing';
import { expect, test } from 'vitest';
import plugin from './my-tracker.js';

// What every plugin of this kind must hold to: shapes, masks, order, gradients, edge cases, leaks, state.
describeContract(plugin);

/** A run folder of one file. */
function memoryFolder() {
  const folder = {
    text: '',
    path: '',
    write: async () => undefined,
    append: async (_: string, line: string) => void (folder.text += line),
    truncate: async (_: string, bytes: number) => void (folder.text = folder.text.slice(0, bytes)),
    size: async () => folder.text.length,
  };
  return folder;
}

test('a head, a line a step, nothing for other records; a resumed run writes no step twice', async () => {
  const runFolder = memoryFolder();
  const tracker = await instantiate(plugin, { metrics: ['a', 'b'] }, { runFolder });
  await tracker.track({ kind: 'step', step: 1, metrics: { a: 0.5, b: 2 } });
  await tracker.track({ kind: 'evaluation', step: 1, metrics: { a: 9 } });
  const saved = await tracker.state!();
  await tracker.track({ kind: 'step', step: 2, metrics: { b: 3 } });
  expect(runFolder.text).toBe('step\ta\tb\n1\t0.5\t2\n2\t\t3\n');
  await tracker.restore!(saved);
  expect(runFolder.text).toBe('step\ta\tb\n1\t0.5\t2\n');
});
