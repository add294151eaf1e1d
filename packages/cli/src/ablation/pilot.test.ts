import { expect, test, vi } from 'vitest';
import { flyPilot } from './pilot.js';
import type { PlannedVariant } from './plan.js';
import { runDapo } from './run-process.js';

vi.mock('./run-process.js', () => ({ runDapo: vi.fn() }));
const run = vi.mocked(runDapo);
const variant = { name: 'slow' } as PlannedVariant;

test('an interrupted pilot is no failed one: it ends with the reason of the signal, and none is begun after it', async () => {
  const controller = new AbortController();
  run.mockImplementation(() => {
    controller.abort('Ctrl-C');
    return Promise.resolve({ code: 130, output: '' });
  });
  await expect(flyPilot(variant, [], controller.signal)).rejects.toBe('Ctrl-C');
  await expect(flyPilot(variant, [], controller.signal)).rejects.toBe('Ctrl-C');
  expect(run).toHaveBeenCalledTimes(1);
});

test('a pilot that fails without Ctrl-C is a failed one', async () => {
  run.mockResolvedValue({ code: 1, output: 'error: It broke. DAPO_X' });
  await expect(flyPilot(variant, [], new AbortController().signal)).rejects.toMatchObject({ code: 'DAPO_CLI_PILOT_FAILED' });
});
