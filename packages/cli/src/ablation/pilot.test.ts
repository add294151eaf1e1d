import { expect, test, vi } from 'vitest';
import { flyPilot, tokensBought, type Pilot } from './pilot.js';
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
  await expect(flyPilot(variant, [], new AbortController().signal)).rejects.toMatchObject({
    code: 'DAPO_CLI_PILOT_FAILED',
  });
});

test.each([
  ['its steps', { rolloutSteps: 50, generatedTokens: 50_000_000 }, 50 * 4000],
  ['its tokens, exactly', { rolloutSteps: 1000, generatedTokens: 30_001 }, 30_001],
  ['its minutes', { rolloutSteps: 100, minutes: 2 }, 60 * 4000],
  ['its prompts', { rolloutSteps: 100, prompts: 80 }, 10 * 4000],
  ['its updates', { rolloutSteps: 100, optimizerSteps: 20 }, 5 * 4000],
])('a study has the tokens that the baseline uses until it has used up %s', (_what, bounds, tokens) => {
  const pilot = { tokens: 4000, prompts: 8, updates: 4, stepSeconds: 2 } as Pilot;
  const budget = { optimizerSteps: 0, generatedTokens: 0, prompts: 0, minutes: 0, ...bounds };
  expect(tokensBought(budget, pilot)).toBe(tokens);
});
